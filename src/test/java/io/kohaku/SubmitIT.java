package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.lokr.file.LokrFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo as a user runs it: {@code submit.sh}, the embedded Spark, every stage. */
class SubmitIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What kohya's trainer writes into every header, with folders of images as its source. */
  private static final List<String> HEADER =
      Stream.of(
              "session_id training_started_at training_finished_at output_name learning_rate",
              "text_encoder_lr unet_lr num_train_images num_reg_images num_batches_per_epoch",
              "num_epochs epoch steps max_train_steps gradient_checkpointing",
              "gradient_accumulation_steps lr_warmup_steps lr_scheduler network_module",
              "network_dim network_alpha network_dropout network_args mixed_precision full_fp16",
              "v2 base_model_version clip_skip max_token_length cache_latents seed lowram",
              "noise_offset multires_noise_iterations multires_noise_discount",
              "adaptive_noise_scale zero_terminal_snr training_comment sd_scripts_commit_hash",
              "optimizer max_grad_norm caption_dropout_rate caption_dropout_every_n_epochs",
              "caption_tag_dropout_rate face_crop_aug_range prior_loss_weight min_snr_gamma",
              "scale_weight_norms ip_noise_gamma debiased_estimation sd_model_name",
              "sd_model_hash new_sd_model_hash batch_size_per_device total_batch_size resolution",
              "color_aug flip_aug random_crop shuffle_caption enable_bucket bucket_no_upscale",
              "min_bucket_reso max_bucket_reso keep_tokens dataset_dirs reg_dataset_dirs",
              "tag_frequency bucket_info")
          .flatMap(line -> Stream.of(line.split(" ")))
          .map(key -> "ss_" + key)
          .toList();

  @TempDir Path folder;

  private Submitted demo(String... settings) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("./submit.sh", "demo"));
    List<String> all = new ArrayList<>(List.of("run.work=" + folder.resolve("demo")));
    all.addAll(List.of("demo.posts=50", "train.validation.held-out=4"));
    all.add("train.micro-batches-per-update=2");
    all.addAll(List.of(settings));
    all.forEach(setting -> command.addAll(List.of("--set", setting)));
    return Submitted.run(folder, Map.of(), command);
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
    Submitted first = demo("train.steps=3", "train.sample-every=2", "sample.steps=2");
    assertThat(first.code()).as(first.output()).isZero();
    assertThat(first.output()).contains("posts read 53 = ", "posts selected ");
    everyPostIsAccountedFor();
    theAdapterHasAllNetworks();
    theLossIsInTheMetrics();
    theHeaderIsComplete();
    everyWeightFileCanBeInspected();
    assertThat(output("train", "pictures").resolve("step-000000002/sheet.png")).isNotEmptyFile();
    assertThat(output("sample", "pictures").resolve("sheet.png")).isNotEmptyFile();
    assertThat(output("bake", "checkpoint")).isNotEmptyFile();

    Submitted second = demo("train.steps=3", "sample.steps=2");
    assertThat(second.code()).isZero();
    assertThat(second.output()).doesNotContain("done in").contains("train      up to date");

    Submitted third = demo("train.steps=4", "lokr.mode=merged");
    assertThat(third.code()).as(third.output()).isZero();
    assertThat(third.output())
        .contains(
            "encode     up to date", "prepare    up to date", "goes on from update 3 of the run")
        .contains("train.steps: 3 → 4", "lokr.mode: auto → merged", "train      done in")
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

  private void theHeaderIsComplete() throws IOException {
    try (LokrFile file = LokrFile.open(output("export", "lokr"))) {
      Map<String, String> texts = file.metadata();
      assertThat(texts).containsKeys(HEADER.toArray(String[]::new));
      assertThat(texts)
          .containsKeys("sshs_model_hash", "sshs_legacy_hash", "modelspec.sai_model_spec")
          .containsKeys("modelspec.architecture", "modelspec.implementation", "modelspec.title")
          .containsKeys("modelspec.resolution", "modelspec.date", "modelspec.prediction_type");
      JsonNode words = JSON.readTree(texts.get("ss_tag_frequency")).path("kohaku");
      assertThat(words.size()).isBetween(10, 1000);
      assertThat(words.path("safe").asLong()).isPositive();
    }
    assertThat(Files.readString(output("export", "report")))
        .contains("layers that load into the U-Net")
        .contains("equal predictions differ by");
  }

  /** Base, training checkpoints, adapter and baked checkpoint. */
  private void everyWeightFileCanBeInspected() throws IOException {
    List<String> command = new ArrayList<>(List.of("inspect"));
    try (Stream<Path> files = Files.walk(folder.resolve("demo"))) {
      files.map(Path::toString).filter(file -> file.endsWith(".safetensors")).forEach(command::add);
    }
    assertThat(command).hasSizeGreaterThan(5);
    StringWriter report = new StringWriter();
    CommandLine inspect = Main.commandLine().setOut(new PrintWriter(report, true));
    assertThat(inspect.execute(command.toArray(String[]::new))).isZero();
    assertThat(report.toString().lines().filter(line -> line.startsWith("file      ")))
        .hasSize(command.size() - 1);
    assertThat(report.toString()).doesNotContain("NOT FINITE").contains("layer     lora_unet_");
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
    Submitted ended = demo("train.stepz=3");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.output())
        .contains("Unknown setting: train.stepz (did you mean train.steps?)")
        .doesNotContain("spark");
  }

  @Test
  void theDoctorNeedsFiveLines() throws IOException, InterruptedException {
    List<String> command = List.of("./submit.sh", "--doctor", "--set", "cluster.device=cpu");
    Submitted healthy = Submitted.run(folder, Map.of(), command);
    assertThat(healthy.code()).as(healthy.output()).isZero();
    assertThat(told(healthy).stream().map(line -> line.split(" ")[0]))
        .containsExactly("device", "libtorch", "numbers", "spark", "verdict");
    assertThat(healthy.output()).contains("verdict   train would run on the CPU in bf16");
  }

  /** NVIDIA's program is there and the rest is not: a driver that libtorch does not reach. */
  @Test
  void aGpuThatLibtorchDoesNotSeeEndsTheDoctorWithFour() throws IOException, InterruptedException {
    Path program = folder.resolve("nvidia-smi");
    Files.writeString(program, "#!/bin/sh\necho 'GPU 0: NVIDIA Test (UUID: GPU-0)'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Map<String, String> environment =
        Map.of("PATH", folder + ":" + System.getenv("PATH"), "CUDA_VISIBLE_DEVICES", "");
    Submitted sick = Submitted.run(folder, environment, List.of("./submit.sh", "--doctor"));
    assertThat(sick.code()).as(sick.output()).isEqualTo(4);
    assertThat(told(sick)).hasSize(5);
    assertThat(sick.output()).contains("verdict   train would not run on this machine's GPU: ");
  }

  /** All lines but Java's own about its options, which Maven sets for the processes of tests. */
  private static List<String> told(Submitted ended) {
    return ended.output().lines().filter(line -> !line.startsWith("NOTE: Picked up")).toList();
  }

  @Test
  void anotherPyTorchIsToldBeforeSparkStarts() throws IOException, InterruptedException {
    Submitted ended = demo("cluster.libtorch=" + folder);
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.output())
        .contains("Invalid cluster.libtorch: " + folder + " (no libtorch.so in it")
        .doesNotContain("spark");
  }

  @Test
  void tooManyBadPostsEndTheJobWithThree() throws IOException, InterruptedException {
    Path dump = Files.writeString(folder.resolve("posts.json"), "{\"id\":1}\n".repeat(2));
    List<String> command = new ArrayList<>(List.of("./submit.sh", "select"));
    Stream.of("run.work=" + folder, "posts.path=" + dump, "posts.max-reject-fraction=0.5")
        .forEach(setting -> command.addAll(List.of("--set", setting)));
    Submitted ended = Submitted.run(folder, Map.of(), command);
    assertThat(ended.code()).as(ended.output()).isEqualTo(3);
    assertThat(ended.output()).contains("posts.max-reject-fraction");
    assertThat(folder.resolve("select/manifest.json")).doesNotExist();
  }
}
