package io.kohaku.train.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.TheCard;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.settings.TrainSettings;
import io.kohaku.settings.binding.KeyName;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the card's run minimised, by {@code conf/delta.conf}. */
class ObjectiveConformanceTest {
  private static final TrainSettings.Objective DELTA = Recipes.delta().train().objective();

  @TestFactory
  Stream<DynamicTest> facts() {
    return TheCard.tests(
        getClass(),
        Map.of(
            "target",
            () -> KeyName.ofConstant(DELTA.prediction()),
            "snr",
            ObjectiveConformanceTest::weights,
            "offset",
            ObjectiveConformanceTest::offset,
            "timesteps",
            () -> DELTA.firstTimestep() + " to " + (DELTA.lastTimestep() - 1)));
  }

  private static String weights() {
    assertThat(DELTA.minSnrGamma()).isEqualTo(5);
    float[] weights =
        new MinSnr(DELTA.minSnrGamma()).weights(NoiseSchedule.SDXL, DELTA.prediction());
    return IntStream.of(0, 50, 100, 146, 147, 999)
        .mapToObj(t -> new BigDecimal(weights[t]).round(new MathContext(4)))
        .map(weight -> weight.stripTrailingZeros().toPlainString())
        .collect(Collectors.joining(" "));
  }

  private static String offset() {
    assertThat(DELTA.adaptiveNoiseScale()).isZero();
    return String.valueOf(DELTA.noiseOffset());
  }
}
