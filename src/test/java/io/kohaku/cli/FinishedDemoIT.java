package io.kohaku.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.LocalSpark;
import io.kohaku.engine.Consent;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageHeldException;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.tensor.file.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What is made again after a finished demo; the tests build on each other's runs. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FinishedDemoIT {
  @TempDir private static Path folder;
  private static FinishedDemo demo;
  private static Map<String, Manifest> first;

  @BeforeAll
  static void runTheDemo() throws IOException {
    demo = new FinishedDemo(folder.resolve("demo:1 [a]{b}#%20 é"));
    first = demo.runAll();
  }

  private static void assertUpToDate(String why, String told) {
    assertThat(told.lines()).as(why).allMatch(line -> line.matches("[a-z-]+ +up to date"));
    assertThat(told.lines()).hasSize(FinishedDemo.stages().size());
  }

  @Test
  @Order(0)
  void theHeaderCountsTheImagesThatWereTrainedOn() throws IOException {
    Path stage = demo.work().resolve("export");
    Path file = stage.resolve(first.get("export").output("lokr").path());
    long counted = 0;
    try (SafeTensors exported = SafeTensors.open(file)) {
      String told = exported.metadata().get("ss_bucket_info");
      for (JsonNode bucket : new ObjectMapper().readTree(told).get("buckets")) {
        counted += bucket.get("count").asLong();
      }
    }
    assertThat(counted).isEqualTo(first.get("prepare").counts().get("training")).isPositive();
    assertThat(first.get("prepare").counts().get("held-out")).isEqualTo(4);
  }

  @Test
  @Order(1)
  void whatIsOnlyHowLeavesEveryStageUpToDate() throws IOException {
    List<String> changed = new ArrayList<>();
    for (String override : OtherValues.ofHow(demo.source().settings())) {
      assertUpToDate(override, demo.why(override));
      changed.add(override.split("=")[0]);
    }
    assertThat(changed)
        .hasSizeGreaterThan(30)
        .contains("latents.decode-threads", "train.validation.every", "export.verify");
  }

  @Test
  @Order(2)
  void everyStageSaysWhyInASecond() throws IOException {
    List<Duration> times = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      long start = System.nanoTime();
      assertUpToDate("nothing changed", demo.why());
      times.add(Duration.ofNanos(System.nanoTime() - start));
    }
    assertThat(Collections.min(times)).isLessThan(Duration.ofSeconds(1));
    assertThat(demo.why("latents.posterior=mean", "train.steps=14"))
        .containsPattern(
            "encode     would be made again: latents\\.posterior: sample → mean; \\d+ latents, a run at update 12\n")
        .contains("prepare    up to date unless encode comes out otherwise")
        .contains("train      would be made again: train.steps: 12 → 14\n")
        .contains("           goes on from update 12 of the run in ")
        .contains("select     up to date\n");
  }

  @Test
  @Order(3)
  void aPlaceIsKnownByWhatLiesThere() throws IOException {
    Path base = demo.work().resolve("demo-data/files/base.safetensors");
    FileTime time = Files.getLastModifiedTime(base);
    Files.setLastModifiedTime(base, FileTime.from(Instant.parse("2024-01-01T00:00:00Z")));
    assertUpToDate("a touched checkpoint", demo.why());
    Files.setLastModifiedTime(base, time);
    String[] moved = demo.moveSite(folder.resolve("moved"));
    assertUpToDate("a moved checkpoint and tokenizer", demo.why(moved));
    byte[] bytes = Files.readAllBytes(folder.resolve("moved/base.safetensors"));
    bytes[bytes.length - 1] ^= 1;
    Files.write(folder.resolve("moved/base.safetensors"), bytes);
    assertThat(demo.why(moved))
        .contains("train      would be made again: input checkpoint: ", "base.safetensors → ");
  }

  @Test
  @Order(3)
  void aDamagedInputIsToldAndNotInTheWay() throws IOException {
    Path images = demo.output(first.get("prepare"), "images").resolve("training");
    Path away = folder.resolve("away");
    Files.move(images, away);
    assertThat(demo.why("lokr.alpha=2"))
        .containsPattern(
            "prepare    would be made again: Cannot use .*; \\d+ images, a run at update 12\n")
        .contains("train      would be made again: lokr.alpha: 1.0 → 2.0; a run at update 12\n");
    Files.move(away, images);
    assertUpToDate("all is back", demo.why());
  }

  @Test
  @Order(4)
  void rowsThatComeOutAsTheyWereEndThere() throws IOException {
    LocalSpark.session().conf().set("spark.sql.files.maxPartitionBytes", "4096");
    try {
      Manifest select =
          demo.run(FinishedDemo.stage("select"), Consent.forced(), "posts.split-bytes=3000");
      Manifest.Output before = first.get("select").output("posts");
      assertThat(select.output("posts").files()).isGreaterThan(before.files());
      assertThat(select.output("posts").sha256()).isNotEqualTo(before.sha256());
      assertThat(select.output("posts").content()).isEqualTo(before.content());
    } finally {
      LocalSpark.session().conf().unset("spark.sql.files.maxPartitionBytes");
    }
    assertUpToDate("the same posts in other files", demo.why());
    // Caption and encode made again: the same rows.
    for (String stage : List.of("caption", "encode", "prepare")) {
      demo.run(FinishedDemo.stage(stage), Consent.forced());
    }
    assertUpToDate("the same captions and latents", demo.why());
    assertThat(demo.runAll().get("train")).isEqualTo(first.get("train"));
  }

  @Test
  @Order(5)
  void anotherSettingIsAnotherResult() throws IOException {
    Map<String, String> told = new TreeMap<>();
    for (String override :
        List.of("posts.filter.min-side=65", "captions.short-name=4", "lokr.alpha=2")) {
      told.put(override, demo.why(override));
    }
    assertThat(told.get("posts.filter.min-side=65"))
        .contains("select     would be made again: posts.filter.min-side: 64 → 65; ");
    assertThat(told.get("captions.short-name=4"))
        .contains("caption    would be made again: captions.short-name: 3 → 4; ")
        .contains("index      up to date\n");
    assertThat(told.get("lokr.alpha=2"))
        .contains("train      would be made again: lokr.alpha: 1.0 → 2.0; a run at update 12\n")
        .contains("           begins a new run; the one at update 12 in ");
    assertThatThrownBy(() -> demo.run("train", "lokr.alpha=2", "run.confirm-above=0s"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("Making train again throws away a run at update 12");
  }

  @Test
  @Order(6)
  void aLongerRunHasTheBitsOfOneThatWasAskedForAtOnce() throws IOException {
    String[] longer = {"train.steps=24", "train.epochs=5"};
    Manifest extended = demo.run("train", longer);
    String[] elsewhere = {longer[0], longer[1], "train.checkpoint.folder=" + folder.resolve("new")};
    assertThat(demo.why(elsewhere)).contains("train      up to date\n");
    Manifest atOnce = demo.run(FinishedDemo.stage("train"), Consent.forced(), elsewhere);
    assertThat(atOnce.counts()).containsEntry("updates", 24L).isEqualTo(extended.counts());
    assertThat(atOnce.output("adapter").sha256()).isEqualTo(extended.output("adapter").sha256());
    assertThat(extended.seconds()).as("both parts").isGreaterThan(first.get("train").seconds());
    assertThat(extended.output("adapter").sha256())
        .isNotEqualTo(first.get("train").output("adapter").sha256());
  }

  @Test
  @Order(7)
  void aBranchTakesUpAStateWithAnotherRate() throws IOException {
    Path run = demo.firstRun();
    String[] branch = {"train.steps=24", "train.epochs=5", "train.branch-from=" + run + "@16"};
    Manifest same = demo.run("train", branch);
    Manifest whole = demo.run("train", branch[0], branch[1]);
    assertThat(same.output("adapter").sha256()).isEqualTo(whole.output("adapter").sha256());
    assertThat(same.inputs().get("branch").path()).isEqualTo(run + "@16");
    assertThat(whole.inputs()).doesNotContainKey("branch");

    String rate = "train.optimizer.unet-rate=2e-3";
    Manifest faster = demo.run("train", branch[0], branch[1], branch[2], rate, "lokr.alpha=3");
    assertThat(faster.output("adapter").sha256()).isNotEqualTo(same.output("adapter").sha256());
    assertThat(faster.settings().get("train.optimizer.unet-rate").asDouble()).isEqualTo(2e-3);
    assertThatThrownBy(() -> demo.run("train", branch[0], "train.branch-from=" + run + "@17"))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("Invalid train.branch-from: ")
        .hasMessageContaining("16");
  }

  @Test
  @Order(8)
  void twoTrainingsAtOnceAreOneAndAKilledOneIsNoticed() throws Exception {
    String[] endless = {"train.steps=100000", "train.epochs=100000", "train.checkpoint.every=2"};
    Process other = demo.start("train", endless);
    try {
      demo.awaitCheckpoint(26);
      assertThatThrownBy(() -> demo.run("train", "train.steps=30", "train.epochs=9"))
          .isInstanceOf(StageHeldException.class)
          .hasMessageContaining("process " + other.pid())
          .hasMessageContaining("since ");
    } finally {
      other.destroyForcibly().waitFor();
    }
    long reached = demo.newestCheckpoint();
    String[] further = {"train.steps=" + (reached + 2), "train.epochs=100000"};
    assertThat(demo.why(further)).contains("goes on from update " + reached + " of the run in ");
    assertThat(demo.run("train", further).counts()).containsEntry("updates", reached + 2);
  }
}
