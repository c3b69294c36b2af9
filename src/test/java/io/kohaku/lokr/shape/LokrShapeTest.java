package io.kohaku.lokr.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.LokrCase;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LokrShapeTest {

  @ParameterizedTest
  @MethodSource("io.kohaku.lokr.LokrCase#all")
  void hasTheLeavesAlphaAndScaleOfTheReference(LokrCase expected) {
    LokrShape shape = LokrShape.of(expected.weight(), expected.options());
    Map<String, Shape> leaves = new LinkedHashMap<>();
    shape.parameters().forEach(leaf -> leaves.put(leaf.suffix(), leaf.shape()));
    assertThat(leaves).containsExactlyEntriesOf(expected.parameters());
    assertThat(shape.alpha()).isCloseTo(expected.savedAlpha(), within(1e-12));
    assertThat(shape.scale()).isCloseTo(expected.scale(), within(1e-12));
  }

  @Test
  void takesAHugeRankForAFullMatrix() {
    LokrOptions huge =
        LokrOptions.fullMatrix(4).without(LokrFlag.FULL_MATRIX).withRank(10_000_000_000_000L, 1);
    LokrShape shape = LokrShape.of(new Shape(1280, 640, 3, 3), huge);
    assertThat(shape.parameters())
        .extracting(ParameterSpec::shape)
        .containsExactly(new Shape(4, 4), new Shape(320, 160, 3, 3));
    assertThat(shape.scale()).isEqualTo(1);
    assertThat(shape.alpha()).isEqualTo(1e13);
  }

  @Test
  void startsWithADeltaOfZeroInEveryVariant() {
    LokrOptions rank = LokrOptions.fullMatrix(4).without(LokrFlag.FULL_MATRIX).withRank(2, 1);
    assertThat(zeros(rank)).isEqualTo("lokr_w2_b");
    assertThat(zeros(rank.with(LokrFlag.TUCKER))).isEqualTo("lokr_w2_b");
    assertThat(zeros(rank.with(LokrFlag.SCALAR))).isEqualTo("scalar");
    assertThat(zeros(LokrOptions.fullMatrix(4))).isEqualTo("lokr_w2");
  }

  @Test
  void drawsWithinTheFanInOfTheReference() {
    LokrShape shape =
        LokrShape.of(new Shape(32, 16, 3, 3), LokrOptions.fullMatrix(4).with(LokrFlag.SCALAR));
    assertThat(shape.parameters().get(0).bound()).isCloseTo(1 / Math.sqrt(4), within(1e-12));
    assertThat(shape.parameters().get(1).bound()).isCloseTo(1 / Math.sqrt(4 * 9), within(1e-12));
  }

  private static String zeros(LokrOptions options) {
    return LokrShape.of(new Shape(32, 32, 3, 3), options).parameters().stream()
        .filter(leaf -> leaf.start() == ParameterSpec.Start.ZERO)
        .map(ParameterSpec::suffix)
        .reduce("", String::concat);
  }
}
