package io.kohaku.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageFolderTest {
  @TempDir java.nio.file.Path temporary;
  private StageFolder folder;
  private JsonNode settings;

  @BeforeEach
  void open() throws IOException {
    folder =
        StageFolder.at(
            new Path(temporary.resolve("a b/select").toUri().toString()), new Configuration());
    settings = new ObjectMapper().readTree("{\"run\":{\"seed\":1}}");
  }

  private java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  private Manifest publish(String content) throws IOException {
    Path data = folder.newDataFolder();
    Path table = new Path(data, "posts");
    Files.createDirectories(local(table));
    Files.writeString(local(table).resolve("part-0.txt"), content);
    Files.writeString(local(table).resolve("_SUCCESS"), "");
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put("source", new Manifest.Input("file:/x", "d"));
    Manifest manifest =
        new Manifest(
            "select",
            "1",
            1,
            Manifest.fingerprint("select", 1, Map.of("run.seed", settings), inputs),
            settings,
            inputs,
            new TreeMap<>(Map.of("posts", folder.measure(table, 3))),
            new TreeMap<>(Map.of("deleted", 2L)),
            new TreeMap<>(),
            1.5);
    folder.publish(manifest);
    return manifest;
  }

  @Test
  void nothingIsVisibleBeforeItIsPublished() throws IOException {
    folder.newDataFolder();
    assertThat(folder.manifest()).isEmpty();
    assertThatThrownBy(folder::require)
        .isInstanceOf(MissingManifestException.class)
        .hasMessage("Missing manifest: " + new Path(folder.path(), "manifest.json"));
  }

  @Test
  void anOutputThatWasNotWrittenIsABug() throws IOException {
    Path nowhere = new Path(folder.newDataFolder(), "posts");
    assertThatThrownBy(() -> folder.measure(nowhere, 1)).hasMessage("Missing output: " + nowhere);
  }

  @Test
  void withdrawnDataIsInvisible() throws IOException {
    publish("abc");
    folder.withdraw();
    assertThat(folder.manifest()).isEmpty();
  }

  @Test
  void readsBackWhatItPublished() throws IOException {
    Manifest manifest = publish("abc");
    assertThat(folder.require()).isEqualTo(manifest);
    Manifest.Output output = manifest.output("posts");
    assertThat(output.rows()).isEqualTo(3);
    assertThat(output.files()).isEqualTo(1);
    assertThat(output.bytes()).isEqualTo(3);
    assertThat(local(new Path(folder.path(), output.path()))).isDirectory();
    assertThatThrownBy(() -> manifest.output("latents"))
        .hasMessage("Missing output latents: stage select wrote [posts]");
  }

  @Test
  void publishingAgainReplacesDataAndChangesTheDigest() throws IOException {
    Manifest first = publish("abc");
    Manifest second = publish("abd");
    assertThat(second.fingerprint()).isEqualTo(first.fingerprint());
    assertThat(second.digest("posts")).isNotEqualTo(first.digest("posts"));
    assertThat(folder.require()).isEqualTo(second);
    assertThat(local(new Path(folder.path(), first.output("posts").path()))).doesNotExist();
  }

  @Test
  void equalDataHasEqualDigestsWhereverItLies() throws IOException {
    assertThat(publish("abc").digest("posts")).isEqualTo(publish("abc").digest("posts"));
  }

  @Test
  void dataThatIsGoneOrCutIsNotUsed() throws IOException {
    Manifest manifest = publish("abc");
    java.nio.file.Path part =
        local(new Path(folder.path(), manifest.output("posts").path())).resolve("part-0.txt");
    Files.writeString(part, "ab");
    assertThatThrownBy(folder::require)
        .hasMessageContaining("1 files of 2 bytes lie there, its manifest names 1 of 3")
        .hasMessageEndingWith("(redo select)");
  }

  @Test
  void aDamagedManifestSaysSo() throws IOException {
    publish("abc");
    Files.delete(local(folder.path()).resolve(".manifest.json.crc"));
    Files.writeString(local(folder.path()).resolve("manifest.json"), "{\"stage\":");
    assertThatThrownBy(folder::manifest)
        .hasMessageStartingWith("Cannot read manifest")
        .hasMessageEndingWith("(remove it to redo)");
  }

  @Test
  void fingerprintsFollowRevisionSettingsAndInputs() throws IOException {
    Map<String, Manifest.Input> inputs = Map.of("posts", new Manifest.Input("p", "d"));
    Map<String, Manifest.Input> moved = Map.of("posts", new Manifest.Input("q", "d"));
    Map<String, Manifest.Input> changed = Map.of("posts", new Manifest.Input("p", "e"));
    Map<String, JsonNode> one = Map.of("run.seed", IntNode.valueOf(1));
    Map<String, JsonNode> two = Map.of("run.seed", IntNode.valueOf(2));
    String fingerprint = Manifest.fingerprint("caption", 1, one, inputs);
    assertThat(Manifest.fingerprint("caption", 1, one, moved)).isEqualTo(fingerprint);
    assertThat(
            List.of(
                Manifest.fingerprint("caption", 1, one, changed),
                Manifest.fingerprint("caption", 1, two, inputs),
                Manifest.fingerprint("caption", 2, one, inputs)))
        .doesNotContain(fingerprint);
  }

  @Test
  void changesSayFromWhatToWhat() {
    List<Change> settings =
        Change.ofSettings(
            Map.of("a", IntNode.valueOf(1), "b", TextNode.valueOf("x")),
            Map.of("a", IntNode.valueOf(2), "c", IntNode.valueOf(3)));
    assertThat(settings.stream().map(Change::text))
        .containsExactly("a: 1 → 2", "b: x → none", "c: none → 3");
    List<Change> inputs =
        Change.ofInputs(
            Map.of("p", new Manifest.Input("here", "1"), "q", new Manifest.Input("here", "1")),
            Map.of("p", new Manifest.Input("here", "2"), "q", new Manifest.Input("there", "1")));
    assertThat(inputs.stream().map(Change::text)).containsExactly("input p: other content in here");
  }
}
