package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.lokr.preset.LayerSelection;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.lokr.shape.ParameterSpec.Start;
import io.kohaku.sdxl.RealSdxl;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What {@code docs/training.md} says of float16 adapters of the card's layout. */
final class StuckElementsTest {
  private final List<AdaptedModule> modules =
      LayerSelection.select(
          PresetFile.load("conf/lycoris/delta.toml"),
          NetworkOptions.fullMatrix(8).withNorms(),
          SdxlLayout.of("sdxl", RealSdxl.shapes(), ModelOptions.DEFAULT, 64).modules().modules());

  /** Elements of some tensors, and how many of them cannot move, as they are at the start. */
  private record Count(double elements, double stuck) {
    double percent() {
      return 100 * stuck / elements;
    }
  }

  @Test
  void thePageHasTheFigures() throws IOException {
    Count unet = count(ParameterGroup.UNET, LokrTensor.W1::equals);
    Count texts = count(ParameterGroup.TEXT_ENCODERS, LokrTensor.W1::equals);
    double elements = 0;
    double stuck = 0;
    for (ParameterGroup group : ParameterGroup.values()) {
      Count all = count(group, tensor -> true);
      elements += all.elements;
      stuck += all.stuck;
    }
    // Two bytes less of each parameter and of its gradient.
    double gigabytes = 4 * elements / 1e9;
    assertThat(Files.readString(Path.of("docs/training.md")).replace('\n', ' '))
        .contains(rounded(unet.percent(), 0) + " % of the elements of `lokr_w1` in the U-Net")
        .contains(rounded(texts.percent(), 0) + " % in the text encoders")
        .contains(rounded(new Count(elements, stuck).percent(), 3) + " % of all elements")
        .contains(rounded(gigabytes, 2) + " GB less");
  }

  private static String rounded(double number, int digits) {
    return BigDecimal.valueOf(number).setScale(digits, RoundingMode.HALF_UP).toPlainString();
  }

  /** Half a unit in the last place is T/2048 from T on and half of that below. */
  @Test
  void elementsAreStuckFromAnEighthOrAThirtySecond() {
    assertThat(movable(4e-5)).isEqualTo(1 / 8.);
    assertThat(movable(1e-5)).isEqualTo(1 / 32.);
  }

  private Count count(ParameterGroup group, Predicate<Object> tensors) {
    double largest = group == ParameterGroup.UNET ? movable(4e-5) : movable(1e-5);
    double elements = 0;
    double stuck = 0;
    for (AdaptedModule module : modules) {
      for (ParameterSpec parameter : module.parameters()) {
        if (ParameterGroup.of(module) == group && tensors.test(parameter.tensor())) {
          elements += parameter.size();
          if (parameter.start() == Start.UNIFORM) {
            stuck += parameter.size() * Math.max(0, 1 - largest / parameter.bound());
          }
        }
      }
    }
    return new Count(elements, stuck);
  }

  /**
   * The power of two from which on a step of {@code rate} is below half a unit in the last place.
   */
  private static double movable(double rate) {
    double from = 1;
    while (from / 4096 > rate) {
      from /= 2;
    }
    return from;
  }
}
