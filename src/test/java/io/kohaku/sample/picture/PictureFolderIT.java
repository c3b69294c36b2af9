package io.kohaku.sample.picture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.kohaku.cluster.DeviceChoice;
import io.kohaku.demo.DemoData;
import io.kohaku.demo.DemoSummary;
import io.kohaku.device.DeviceWish;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.file.AttachedAdapter;
import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.sample.PictureRequest;
import io.kohaku.sample.PictureSampler;
import io.kohaku.sample.Preconditioning;
import io.kohaku.sample.SamplePlan;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.settings.DemoSettings;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Precision;
import io.kohaku.settings.SampleSettings;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.weights.TestFile;
import io.kohaku.weights.bake.Bake;
import io.kohaku.weights.bake.BakePlan;
import io.kohaku.weights.export.AdapterExport;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same pictures from networks with adapters on them and from baked checkpoints. */
class PictureFolderIT {
  private static final double TOLERANCE = 1e-3;

  @TempDir private static Path folder;

  private static DemoSummary demo;
  private static Path adapter;

  @BeforeAll
  static void writeFiles() throws IOException {
    demo = DemoData.generate(folder.resolve("demo"), new DemoSettings(1, 50, 64));
    adapter = TestFile.adapter().write(folder.resolve("adapter.safetensors"));
  }

  static SampleSettings settings() {
    return new SampleSettings(
        Optional.empty(),
        List.of(),
        List.of("1girl, (red hair:1.3), solo", "no humans, star (symbol)"),
        "worst quality",
        128,
        96,
        7,
        2,
        3,
        "Euler a",
        "karras",
        5,
        Prediction.EPSILON,
        false,
        "no-norm",
        "whole",
        Precision.FP32,
        1024,
        64);
  }

  static ModelSettings model(DemoSummary demo) {
    return new ModelSettings(
        demo.base().toString(),
        Optional.empty(),
        demo.tokenizer().toString(),
        16,
        160,
        ModelSettings.PooledProjection.STANDARD,
        75);
  }

  private static Path bake(String name, MergedAdapters.Source... adapters) throws IOException {
    Path baked = folder.resolve(name + ".safetensors");
    try (FileChannel out =
        FileChannel.open(baked, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Bake.write(new BakePlan(demo.base(), List.of(adapters), Optional.empty()), out);
    }
    return baked;
  }

  @Test
  void addedAndBakedDrawTheSame() throws IOException {
    Path baked =
        bake(
            "baked",
            new MergedAdapters.Source(adapter, 0.7),
            new MergedAdapters.Source(adapter, 0.3));
    List<MergedAdapters.Source> added =
        List.of(new MergedAdapters.Source(adapter, 0.7), new MergedAdapters.Source(adapter, 0.3));
    Path before = folder.resolve("before");
    Path after = folder.resolve("after");
    Path without = folder.resolve("without");
    draw(demo.base(), added, before);
    draw(baked, List.of(), after);
    draw(demo.base(), List.of(), without);
    int moved = 0;
    for (String name : List.of("00000-7.png", "00001-8.png", "00002-7.png", "00003-8.png")) {
      assertThat(difference(before.resolve(name), after.resolve(name))).isLessThanOrEqualTo(1);
      moved = Math.max(moved, difference(before.resolve(name), without.resolve(name)));
    }
    assertThat(moved).isGreaterThan(10);
    assertParameters(after.resolve("00001-8.png"));
    BufferedImage sheet = read(after.resolve(PictureFolder.SHEET));
    assertThat(sheet.getWidth()).isEqualTo(2 * 68 + 4);
    assertThat(sheet.getHeight()).isEqualTo(2 * 68 + 4);
  }

  /** Latents of a picture, and its pixels from 0 to 1. */
  private record Drawn(float[] latents, float[] pixels) {
    static Drawn by(Path checkpoint, List<KernelSource> layers, Consumer<Sdxl> adapt) {
      Autograd.enterThread();
      PictureRequest request = SamplePlan.of(settings()).get(0);
      try (SdxlCheckpoint opened =
              SdxlCheckpoint.open(checkpoint, Optional.empty(), ModelOptions.DEFAULT);
          Sdxl sdxl = Sdxl.open(opened, Device.cpu(), layers);
          Vae vae = Vae.open(opened, Device.cpu(), Dtype.F32);
          MemoryScope scope = MemoryScope.open(sdxl.manager())) {
        adapt.accept(sdxl);
        PictureSampler sampler =
            new PictureSampler(
                sdxl,
                vae,
                PictureRound.tokens(demo.tokenizer()),
                1024,
                Preconditioning.EPSILON_OF_SDXL);
        NDArray latents = sampler.latents(scope.manager(), request);
        NDArray pixels = sampler.decoded(scope.manager(), latents).add(1).div(2).clip(0, 1);
        return new Drawn(latents.toFloatArray(), pixels.toFloatArray());
      }
    }

    /** Largest difference of latents and of pixels. */
    List<Double> from(Drawn other) {
      return List.of(largest(latents, other.latents), largest(pixels, other.pixels));
    }

    private static double largest(float[] one, float[] other) {
      double largest = 0;
      for (int i = 0; i < one.length; i++) {
        largest = Math.max(largest, Math.abs(one[i] - other[i]));
      }
      return largest;
    }
  }

  /** What export writes of a trained adapter. */
  private static Path export(Dtype dtype) throws IOException {
    Path exported = folder.resolve("exported-" + dtype + ".safetensors");
    AdapterExport.write(adapter, exported, dtype, Map.of());
    return exported;
  }

  @Test
  void aPictureIsTheSameBeforeExportAndAfterBaking() throws IOException {
    Drawn before =
        Drawn.by(demo.base(), LokrKernels.layers(), sdxl -> AttachedAdapter.attach(sdxl, adapter));
    Drawn plain = Drawn.by(demo.base(), List.of(LayerKernels.PLAIN), sdxl -> {});
    for (Dtype dtype : List.of(Dtype.F32, Dtype.F16)) {
      Path baked = bake("one-" + dtype, new MergedAdapters.Source(export(dtype), 1));
      Drawn after = Drawn.by(baked, List.of(LayerKernels.PLAIN), sdxl -> {});
      assertThat(before.from(after)).as(dtype.name()).allMatch(apart -> apart < TOLERANCE);
    }
    assertThat(before.from(plain)).allMatch(apart -> apart > 50 * TOLERANCE);
  }

  private static void assertParameters(Path picture) throws IOException {
    String text = PngTexts.of(Files.readAllBytes(picture)).get("parameters");
    assertThat(text)
        .startsWith(
            "1girl, (red hair:1.3), solo\nNegative prompt: worst quality\nSteps: 3, "
                + "Sampler: Euler a, Schedule type: Karras, CFG scale: 5, Seed: 8, Size: 128x96, "
                + "Model hash: ")
        .endsWith(", Model: baked, Emphasis: No norm, RNG: CPU, Version: Kohaku test");
  }

  private static void draw(Path checkpoint, List<MergedAdapters.Source> adapters, Path folder)
      throws IOException {
    int[] last = new int[1];
    int count =
        new PictureFolder(
                model(demo),
                settings(),
                "Kohaku test",
                DeviceChoice.ofDriver().device(DeviceWish.AUTO))
            .draw(checkpoint, adapters, folder, drawn -> last[0] = drawn);
    assertThat(count).isEqualTo(4).isEqualTo(last[0]);
  }

  private static BufferedImage read(Path file) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(Files.readAllBytes(file)));
  }

  /** Largest difference of any channel, of 255. */
  private static int difference(Path one, Path other) throws IOException {
    BufferedImage a = read(one);
    BufferedImage b = read(other);
    int largest = 0;
    for (int y = 0; y < a.getHeight(); y++) {
      for (int x = 0; x < a.getWidth(); x++) {
        for (int shift = 0; shift < 24; shift += 8) {
          int left = a.getRGB(x, y) >> shift & 0xff;
          int right = b.getRGB(x, y) >> shift & 0xff;
          largest = Math.max(largest, Math.abs(left - right));
        }
      }
    }
    return largest;
  }
}
