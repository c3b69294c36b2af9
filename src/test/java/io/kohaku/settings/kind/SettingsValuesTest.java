package io.kohaku.settings.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kohaku.settings.SettingsSource;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class SettingsValuesTest {
  private static SortedMap<String, JsonNode> deciding(String... overrides) {
    return SettingsValues.deciding(SettingsSource.read(List.of(), List.of(overrides)).settings());
  }

  private static SortedMap<String, JsonNode> all(String... overrides) {
    return SettingsValues.all(SettingsSource.read(List.of(), List.of(overrides)).settings());
  }

  @Test
  void aValueHasOneWayOfWriting() {
    assertThat(deciding("images.max-bytes=134217728"))
        .isEqualTo(deciding("images.max-bytes=128 MiB"))
        .isEqualTo(deciding("images.max-bytes=131072K"));
    assertThat(deciding("train.optimizer.unet-rate=0.00004", "train.optimizer.clip-norm=1"))
        .isEqualTo(deciding("train.optimizer.unet-rate=4.0E-5", "train.optimizer.clip-norm=1.00"));
    assertThat(all("cluster.peer-timeout=300s")).isEqualTo(all("cluster.peer-timeout=5m"));
    assertThat(all("train.log.inputs=yes")).isEqualTo(all("train.log.inputs=true"));
    assertThat(deciding("lokr.conv-dim=null").get("lokr.conv-dim").isNull()).isTrue();
    assertThat(deciding("train.compute=fp16").get("train.compute").asText()).isEqualTo("fp16");
  }

  @Test
  void placesAndSpeedDoNotDecide() {
    assertThat(deciding())
        .isEqualTo(
            deciding(
                "run.work=elsewhere",
                "model.checkpoint=x",
                "latents.decode-threads=9",
                "train.validation.every=7",
                "cluster.ranks=3"))
        .doesNotContainKeys("run.work", "model.checkpoint", "cluster.ranks")
        .containsKeys("run.seed", "model.head-width", "cluster.wire", "train.validation.held-out");
    assertThat(all()).containsKeys("run.work", "model.checkpoint", "cluster.ranks");
  }

  @Test
  void ofAListOfFilesTheSharesCount() {
    String list = "merge.checkpoints=[{file=%s, ratio=%s, restored=false}]";
    assertThat(deciding(list.formatted("a", "0.5")))
        .isEqualTo(deciding(list.formatted("b", "0.50")))
        .isNotEqualTo(deciding(list.formatted("a", "0.6")));
    assertThat(deciding(list.formatted("a", "0.5")).get("merge.checkpoints").toString())
        .isEqualTo("[{\"ratio\":0.5,\"restored\":false}]");
  }

  @Test
  void usersOfUrisAreTakenOut() {
    assertThat(all("posts.path=\"s3a://key:secret@bucket/a.json\"").get("posts.path").asText())
        .isEqualTo("s3a://***@bucket/a.json");
  }

  record Marked(@What int what, @How int how) {}

  record Sections(@How Marked section, int unmarked, @What List<Marked> list) {}

  record Both(@What @How int confused) {}

  @Test
  void theNearestMarkCounts() {
    List<String> told =
        SettingsTable.of(Sections.class).stream()
            .map(entry -> entry.key() + " " + entry.kind().map(Enum::name).orElse("-"))
            .toList();
    assertThat(told)
        .containsExactly(
            "section.what WHAT",
            "section.how HOW",
            "unmarked -",
            "list[].what WHAT",
            "list[].how HOW");
    assertThatThrownBy(() -> SettingsTable.of(Both.class)).hasMessageEndingWith("@What and @How");
  }

  @Test
  void keysAreSectionsOrSingleSettings() {
    Keys keys = Keys.of("train", "run.seed", "merge.checkpoints").except("train.validation");
    assertThat(List.of("train.steps", "run.seed", "merge.checkpoints[].file"))
        .allMatch(keys::holds);
    assertThat(List.of("train.validation.every", "run.seeds", "training", "run"))
        .noneMatch(keys::holds);
    assertThat(Keys.NONE.holds("run.seed")).isFalse();
  }
}
