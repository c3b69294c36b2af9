package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.lokr.LokrFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user runs it: {@code submit.sh}, the embedded Spark, every stage. */
class SubmitIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** How a process ended and what it said. */
  private record Ended(int code, String output) {}

  private Ended demo(String... settings) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("./submit.sh", "demo"));
    List<String> all =
        new ArrayList<>(List.of("run.work=" + folder.resolve("demo"), "demo.posts=80"));
    all.addAll(List.of(settings));
    all.forEach(setting -> command.addAll(List.of("--set", setting)));
    Path log = folder.resolve("log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("SPARK_HOME");
    Process process = builder.redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(8, TimeUnit.MINUTES)).as("ends").isTrue();
    return new Ended(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
  }

  private JsonNode manifest(String stage) throws IOException {
    return JSON.readTree(folder.resolve("demo").resolve(stage).resolve("manifest.json").toFile());
  }

  private Path output(String stage, String name) throws IOException {
    String path = manifest(stage).at("/outputs/" + name + "/path").asText();
    return folder.resolve("demo").resolve(stage).resolve(path);
  }

  @Test
  void runsEveryStageOnceAndThenOnlyWhatChanged() throws IOException, InterruptedException {
    Ended first = demo("train.steps=3");
    assertThat(first.code()).as(first.output()).isZero();
    assertThat(first.output()).contains("posts read 83 = ", "posts selected ");
    everyPostIsAccountedFor();
    theAdapterHasAllNetworks();
    theLossIsInTheMetrics();

    Ended second = demo("train.steps=3");
    assertThat(second.code()).isZero();
    assertThat(second.output()).doesNotContain("done in").contains("train      up to date");

    Ended third = demo("train.steps=2");
    assertThat(third.code()).as(third.output()).isZero();
    assertThat(third.output())
        .contains("encode     up to date", "prepare    up to date", "train      done in")
        .contains("export     done in");
  }

  private void everyPostIsAccountedFor() throws IOException {
    JsonNode select = manifest("select");
    JsonNode encode = manifest("encode");
    long selected = select.at("/outputs/posts/rows").asLong();
    assertThat(select.at("/counts/read").asLong())
        .isEqualTo(selected + select.at("/counts/not-drawn").asLong() + rejected(select));
    assertThat(selected).isEqualTo(encode.at("/outputs/latents/rows").asLong() + rejected(encode));
    assertThat(rejected(encode)).isPositive();
  }

  private static long rejected(JsonNode manifest) {
    long sum = 0;
    for (JsonNode count : manifest.at("/rejects")) {
      sum += count.asLong();
    }
    return sum;
  }

  private void theAdapterHasAllNetworks() throws IOException {
    try (LokrFile file = LokrFile.open(output("export", "lokr"))) {
      assertThat(file.stored().keySet())
          .anyMatch(name -> name.startsWith("lora_unet_"))
          .anyMatch(name -> name.startsWith("lora_te1_text_model_"))
          .anyMatch(name -> name.startsWith("lora_te2_text_model_"));
      assertThat(file.metadata()).containsEntry("ss_network_module", "lycoris.kohya");
    }
  }

  private void theLossIsInTheMetrics() throws IOException {
    List<Double> losses = new ArrayList<>();
    for (String line : Files.readAllLines(output("train", "logs").resolve("metrics.jsonl"))) {
      JsonNode loss = JSON.readTree(line).path("train/loss");
      if (loss.isNumber()) {
        losses.add(loss.asDouble());
      }
    }
    assertThat(losses).hasSize(3).allSatisfy(loss -> assertThat(loss).isBetween(0.0, 10.0));
  }

  @Test
  void aMistypedKeyIsToldBeforeSparkStarts() throws IOException, InterruptedException {
    Ended ended = demo("train.stepz=3");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.output())
        .contains("Unknown setting: train.stepz (did you mean train.steps?)")
        .doesNotContain("spark");
  }
}
