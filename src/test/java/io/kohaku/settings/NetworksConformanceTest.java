package io.kohaku.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.TheCard;
import io.kohaku.settings.binding.KeyName;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the card's run computed with, by {@code conf/delta.conf}. */
class NetworksConformanceTest {
  private static final Settings DELTA = Recipes.delta();

  @TestFactory
  Stream<DynamicTest> facts() {
    return TheCard.tests(
        getClass(),
        Map.of(
            "divisor", () -> String.valueOf(DELTA.model().timestepDivisor()),
            "pooled", () -> KeyName.ofConstant(DELTA.model().pooledProjection()),
            "tokens", () -> String.valueOf(DELTA.model().tokens()),
            "compute", () -> KeyName.ofConstant(DELTA.train().compute()),
            "adapter", () -> KeyName.ofConstant(DELTA.train().adapterPrecision()),
            "vae", () -> KeyName.ofConstant(DELTA.latents().precision()),
            "overflow", NetworksConformanceTest::overflow,
            "latents", NetworksConformanceTest::latents,
            "checkpointing", () -> DELTA.train().gradientCheckpointing() ? "on" : "off",
            "seed", () -> DELTA.run().seed() + ", " + DELTA.posts().seed()));
  }

  /** Another test, which needs Spark, encodes with a VAE that overflows. */
  private static String overflow() throws ReflectiveOperationException {
    Class<?> test = Class.forName("io.kohaku.latent.encode.FallbackIT");
    assertThat(test.getDeclaredMethod("whatOverflowsIsEncodedAgainIn32BitsAloneAndCounted"))
        .matches(method -> method.isAnnotationPresent(Test.class));
    return "encoded again in fp32, and counted";
  }

  /** A latent that is drawn once and kept is as good as one drawn at each of an image's steps. */
  private static String latents() {
    assertThat(DELTA.latents().posterior()).isEqualTo(LatentSettings.Posterior.SAMPLE);
    assertThat(DELTA.train().epochs()).isEqualTo(1);
    return "encoded before training: a draw for each image, "
        + KeyName.ofConstant(DELTA.latents().storage());
  }
}
