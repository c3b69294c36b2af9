package io.kohaku.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.demo.DemoData;
import io.kohaku.demo.DemoSummary;
import io.kohaku.settings.DemoSettings;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Precision;
import io.kohaku.settings.SampleSettings;
import io.kohaku.weights.Bake;
import io.kohaku.weights.BakePlan;
import io.kohaku.weights.TestFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same pictures from the base with the adapter attached and from the baked checkpoint. */
class PictureFolderIT {
  @TempDir private Path folder;

  private static SampleSettings settings(Optional<String> adapter) {
    return new SampleSettings(
        Optional.empty(),
        adapter,
        1,
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
        "no-norm",
        "whole",
        Precision.FP32,
        1024,
        64);
  }

  @Test
  void attachedAndBakedDrawTheSame() throws IOException {
    DemoSummary demo = DemoData.generate(folder.resolve("demo"), new DemoSettings(1, 50, 64));
    Path adapter = TestFile.adapter().write(folder.resolve("adapter.safetensors"));
    Path baked = folder.resolve("baked.safetensors");
    try (FileChannel out =
        FileChannel.open(baked, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Bake.write(
          new BakePlan(demo.base(), List.of(new BakePlan.Adapter(adapter, 1)), Optional.empty()),
          out);
    }
    ModelSettings model =
        new ModelSettings(
            demo.base().toString(),
            Optional.empty(),
            demo.tokenizer().toString(),
            16,
            160,
            ModelSettings.PooledProjection.STANDARD,
            75);
    Path before = folder.resolve("before");
    Path after = folder.resolve("after");
    Path without = folder.resolve("without");
    draw(model, settings(Optional.of("adapter")), demo.base(), Optional.of(adapter), before);
    draw(model, settings(Optional.empty()), baked, Optional.empty(), after);
    draw(model, settings(Optional.empty()), demo.base(), Optional.empty(), without);
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

  private static void assertParameters(Path picture) throws IOException {
    String text = PngText.texts(Files.readAllBytes(picture)).get("parameters");
    assertThat(text)
        .startsWith(
            "1girl, (red hair:1.3), solo\nNegative prompt: worst quality\nSteps: 3, "
                + "Sampler: Euler a, Schedule type: Karras, CFG scale: 5, Seed: 8, Size: 128x96, "
                + "Model hash: ")
        .endsWith(", Model: baked, Emphasis: No norm, RNG: CPU, Version: Kohaku test");
  }

  private static void draw(
      ModelSettings model,
      SampleSettings settings,
      Path checkpoint,
      Optional<Path> adapter,
      Path folder)
      throws IOException {
    int[] last = new int[1];
    int count =
        new PictureFolder(model, settings, "Kohaku test")
            .draw(checkpoint, adapter, folder, drawn -> last[0] = drawn);
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
