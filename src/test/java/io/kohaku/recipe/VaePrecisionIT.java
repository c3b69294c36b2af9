package io.kohaku.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.engine.StageJob;
import io.kohaku.image.shard.Archives;
import io.kohaku.latent.OverflowingVae;
import io.kohaku.provenance.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the VAE computes in, decided by the driver, and what is told of images that overflow. */
class VaePrecisionIT {
  private static final String MASTER = "spark.master";
  private static final String GPUS = "spark.task.resource.gpu.amount";

  @TempDir private static Path folder;
  private static EncodedSite site;

  /** Posts 1 and 2 overflow in fp16, 3 does not, and 4 has no image. */
  @BeforeAll
  static void makeSite() throws IOException {
    site = EncodedSite.make(folder, 2);
    OverflowingVae.unlessGrey(folder.resolve("tiny.safetensors"));
    Files.write(
        folder.resolve("data-0001.tar"),
        Archives.empty().file("3.png", OverflowingVae.grey(96, 96, 127)).finish());
    run(new SelectedPosts(3));
    run(new IndexJob());
  }

  /** As spark-submit would; the session has been started. */
  @BeforeEach
  void submit() {
    System.setProperty(MASTER, "yarn");
  }

  @AfterEach
  void leaveNoSettings() {
    System.clearProperty(MASTER);
    System.clearProperty(GPUS);
  }

  private static Manifest run(StageJob job, String... overrides) throws IOException {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("images.shards=[\"" + site.bucket() + "\"]");
    return site.run(job, all.toArray(String[]::new));
  }

  @Test
  void autoIsHalfPrecisionWhereSparkGivesTasksGpus() throws IOException {
    Manifest cpu = run(new EncodeJob());
    assertThat(cpu.inputs()).containsEntry("precision", new Manifest.Input("FP32", "FP32"));
    assertThat(cpu.counts()).doesNotContainKey("fp32-fallbacks");
    List<Path> before = stored();

    System.setProperty(GPUS, "0.5");
    Manifest gpu = run(new EncodeJob());
    assertThat(gpu.inputs()).containsEntry("precision", new Manifest.Input("FP16", "FP16"));
    assertThat(gpu.fingerprint()).isNotEqualTo(cpu.fingerprint());
    assertThat(gpu.counts()).containsEntry("fp32-fallbacks", 2L);
    assertThat(gpu.output("latents").rows()).isEqualTo(3);
    assertThat(StageMetrics.of("encode")).containsAllEntriesOf(Map.of("fp32-fallbacks", 2.0));
    List<Path> after = stored();
    assertThat(after).as("other latents than in fp32").hasSizeGreaterThan(before.size());
    assertThat(run(new EncodeJob())).as("up to date").isEqualTo(gpu);

    Manifest asked = run(new EncodeJob(), "latents.precision=fp16");
    assertThat(stored()).as("the same latents by the name").isEqualTo(after);
    assertThat(asked.inputs()).doesNotContainKey("precision");
    assertThat(asked.counts()).as("nothing was encoded").containsEntry("fp32-fallbacks", 0L);
  }

  @Test
  void autoIsWhatAModelWasExportedIn() throws IOException {
    String predictor = "latents.runner=predictor";
    String seed = "run.seed=77"; // So that nothing is encoded yet.
    run(new ExportVaeJob(), "export-vae.precision=fp16");
    Manifest encode = run(new EncodeJob(), predictor, seed);
    assertThat(encode.counts()).containsEntry("fp32-fallbacks", 2L);
    assertThat(encode.inputs()).doesNotContainKey("precision").containsKey("export-vae");
    List<Path> before = stored();
    run(new EncodeJob(), "latents.precision=fp16", seed);
    assertThat(stored()).as("the same latents by either runner").isEqualTo(before);
  }

  private static List<Path> stored() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("work/encode/store"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }
}
