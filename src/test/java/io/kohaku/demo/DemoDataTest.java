package io.kohaku.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.demo.scene.DemoPost;
import io.kohaku.demo.scene.Fate;
import io.kohaku.demo.scene.Painter;
import io.kohaku.demo.scene.Picture;
import io.kohaku.demo.scene.Scene;
import io.kohaku.settings.DemoSettings;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.file.SafeTensors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDataTest {
  private static final DemoSettings SETTINGS = new DemoSettings(1, 200, 96);

  @TempDir private static Path folder;

  private static DemoSummary summary;
  private static Map<Long, JsonNode> posts;
  private static Map<String, byte[]> pictures;

  @BeforeAll
  static void generate() throws IOException {
    summary = DemoData.generate(folder, SETTINGS);
    posts = new TreeMap<>();
    int malformed = 0;
    for (String line : Files.readAllLines(folder.resolve("posts/posts.jsonl"))) {
      try {
        JsonNode post = new ObjectMapper().readTree(line);
        if (post.has("id")) {
          posts.put(post.get("id").asLong(), post);
        } else {
          malformed++;
        }
      } catch (JsonProcessingException e) {
        malformed++;
      }
    }
    assertThat(malformed).isEqualTo(summary.malformedCount()).isEqualTo(3);
    pictures = unpack(folder.resolve("shards"));
  }

  @Test
  void theSameSeedGivesTheSameBytes(@TempDir Path again, @TempDir Path other) throws IOException {
    DemoData.generate(again, SETTINGS);
    DemoData.generate(other, new DemoSettings(2, 200, 96));
    assertThat(files(again)).isEqualTo(files(folder));
    assertThat(files(other)).isNotEqualTo(files(folder));
  }

  @Test
  void everyFateIsMetAndTheCountsAddUp() {
    assertThat(posts).hasSize(200);
    assertThat(summary.postCount()).isEqualTo(200);
    assertThat(summary.fates().values()).allMatch(count -> count > 0);
    assertThat(summary.fates().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
    assertThat(summary.pictureCount()).isEqualTo(pictures.size());
    assertThat(posts.values().stream().filter(post -> post.get("is_deleted").asBoolean()).count())
        .isEqualTo(summary.fates().get("DELETED").longValue());
    long hidden = posts.values().stream().filter(post -> !post.has("md5")).count();
    assertThat(hidden).isEqualTo(summary.fates().get("BANNED") + summary.fates().get("GOLD_ONLY"));
  }

  @Test
  void ratingsBandsAndFilesAreSpread() {
    assertThat(values("rating")).containsExactlyInAnyOrder("g", "s", "q", "e");
    assertThat(values("file_ext"))
        .containsExactlyInAnyOrder("jpg", "png", "gif", "mp4", "webm", "zip");
    assertThat(posts.keySet().stream().filter(id -> id < 3_000_000)).hasSizeGreaterThan(40);
    assertThat(posts.keySet().stream().filter(id -> id >= 3_000_000 && id < 5_000_000))
        .hasSizeGreaterThan(40);
    assertThat(posts.keySet().stream().filter(id -> id >= 5_000_000)).hasSizeGreaterThan(40);
    assertThat(posts.keySet().stream().filter(id -> id > 7_000_000)).isNotEmpty();
  }

  @Test
  void picturesAreWhatThePostsSayExceptTheBrokenOnes() throws IOException {
    int broken = 0;
    for (Map.Entry<String, byte[]> picture : pictures.entrySet()) {
      String[] name = picture.getKey().split("\\.");
      JsonNode post = posts.get(Long.parseLong(name[0]));
      assertThat(post.get("file_ext").asText()).isEqualTo(name[1]);
      assertThat(post.get("file_size").asInt()).isEqualTo(picture.getValue().length);
      BufferedImage image = decode(picture.getValue());
      if (image == null) {
        broken++;
      } else {
        assertThat(image.getWidth()).isEqualTo(post.get("image_width").asInt());
        assertThat(image.getHeight()).isEqualTo(post.get("image_height").asInt());
      }
    }
    assertThat(broken).isEqualTo(summary.fates().get("BROKEN"));
  }

  @Test
  void backgroundsHaveTheColourOfTheirTag() throws IOException {
    int checked = 0;
    for (DemoPost post : new PostInventor(SETTINGS).posts()) {
      if (post.fate() == Fate.KEPT && post.scene().backdrop() == Scene.Backdrop.PLAIN) {
        Picture picture = new Picture(Picture.encode(Painter.paint(post.scene(), 96, 96), "png"));
        BufferedImage image = decode(picture.bytes()); // A mark may cover a corner, not all.
        assertThat(List.of(image.getRGB(0, 0), image.getRGB(95, 0), image.getRGB(95, 95)))
            .contains(post.scene().background().color(post.scene().artist().paleness()).getRGB());
        assertThat(posts.get(post.id()).get("tag_string_general").asText().split(" "))
            .contains(post.scene().background().word() + "_background");
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(10);
  }

  @Test
  void tagStringsAddUp() {
    for (JsonNode post : posts.values()) {
      List<String> parts = new ArrayList<>();
      for (String category : List.of("general", "artist", "character", "copyright", "meta")) {
        String tags = post.get("tag_string_" + category).asText();
        int count = tags.isEmpty() ? 0 : tags.split(" ").length;
        assertThat(post.get("tag_count_" + category).asInt()).isEqualTo(count);
        parts.addAll(count == 0 ? List.of() : List.of(tags.split(" ")));
      }
      assertThat(post.get("tag_string").asText().split(" "))
          .containsExactlyInAnyOrderElementsOf(parts);
    }
  }

  @Test
  void theTokenizerHasClipsLayoutAndKnowsTheWords() throws IOException {
    JsonNode vocabulary =
        new ObjectMapper().readTree(folder.resolve("tokenizer/vocab.json").toFile());
    assertThat(vocabulary.size()).isEqualTo(1024);
    assertThat(vocabulary.get("!").asInt()).isZero();
    assertThat(vocabulary.get("!</w>").asInt()).isEqualTo(256);
    assertThat(vocabulary.get("<|startoftext|>").asInt()).isEqualTo(1022);
    assertThat(vocabulary.get("<|endoftext|>").asInt()).isEqualTo(1023);
    assertThat(vocabulary.has("hair</w>")).isTrue();
    assertThat(vocabulary.has("background</w>")).isTrue();
    List<String> merges = Files.readAllLines(folder.resolve("tokenizer/merges.txt"));
    assertThat(merges).hasSize(511).first().isEqualTo("#version: 0.2");
    Set<String> merged = new HashSet<>();
    for (String merge : merges.subList(1, 511)) {
      String[] pair = merge.split(" ");
      assertThat(vocabulary.has(pair[0])).isTrue();
      assertThat(vocabulary.has(pair[1])).isTrue();
      assertThat(vocabulary.has(pair[0] + pair[1])).isTrue();
      merged.add(pair[0] + pair[1]);
    }
    assertThat(merged).hasSize(510);
  }

  @Test
  void theBaseModelIsTheFormulasAndHasThePassengersOfPublishedFiles() {
    try (SafeTensors base = SafeTensors.open(summary.base())) {
      assertThat(base.metadata()).containsEntry("head_width", "16");
      assertThat(base.tensors()).hasSize(TinySdxl.load().tensors().size() + 2);
      String key = "model.diffusion_model.out.2.weight";
      FloatBuffer stored = base.bytes(key).asFloatBuffer();
      float[] values = new float[stored.remaining()];
      stored.get(values);
      assertThat(values).isEqualTo(FormulaWeights.values(key, base.info(key).shape()));
      String ids = "conditioner.embedders.0.transformer.text_model.embeddings.position_ids";
      assertThat(base.info(ids).dtype()).isEqualTo(Dtype.I64);
      assertThat(base.bytes(ids).asLongBuffer().get(76)).isEqualTo(76);
      assertThat(base.bytes("conditioner.embedders.1.model.logit_scale").getFloat())
          .isEqualTo(4.6051702f);
    }
  }

  private static BufferedImage decode(byte[] bytes) {
    try {
      return ImageIO.read(new ByteArrayInputStream(bytes));
    } catch (IOException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  private static Set<String> values(String field) {
    return posts.values().stream()
        .map(post -> post.get(field).asText())
        .collect(Collectors.toSet());
  }

  private static Map<String, byte[]> unpack(Path shards) throws IOException {
    Map<String, byte[]> members = new HashMap<>();
    for (Path shard : list(shards)) {
      long number = Long.parseLong(shard.getFileName().toString().replaceAll("\\D", ""));
      try (InputStream in = Files.newInputStream(shard);
          TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
        TarArchiveEntry entry;
        while ((entry = tar.getNextTarEntry()) != null) {
          long id = Long.parseLong(entry.getName().replaceAll("\\..*", ""));
          assertThat(number % 1000).isEqualTo(id % 1000);
          assertThat(number >= 1000).isEqualTo(id >= DemoShards.SECOND_SERIES);
          members.put(entry.getName(), tar.readAllBytes());
        }
      }
    }
    return members;
  }

  private static Map<String, Integer> files(Path folder) throws IOException {
    Map<String, Integer> contents = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        contents.put(
            folder.relativize(file).toString(),
            java.util.Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
