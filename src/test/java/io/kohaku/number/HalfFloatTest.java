package io.kohaku.number;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import org.junit.jupiter.api.Test;

class HalfFloatTest {
  @Test
  void everyHalfSurvivesTheRoundTrip() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      short half = (short) bits;
      float value = HalfFloat.decode(half);
      if (Float.isNaN(value)) {
        assertThat(HalfFloat.decode(HalfFloat.encode(value))).isNaN();
      } else {
        assertThat(HalfFloat.encode(value)).as("half %x", bits).isEqualTo(half);
      }
    }
  }

  @Test
  void knownValues() {
    assertThat(HalfFloat.encode(1f)).isEqualTo((short) 0x3c00);
    assertThat(HalfFloat.encode(-2f)).isEqualTo((short) 0xc000);
    assertThat(HalfFloat.encode(65504f)).isEqualTo((short) 0x7bff);
    assertThat(HalfFloat.encode(65520f)).isEqualTo((short) 0x7c00);
    assertThat(HalfFloat.encode(1e10f)).isEqualTo((short) 0x7c00);
    assertThat(HalfFloat.encode(0x1.0p-24f)).isEqualTo((short) 1);
    assertThat(HalfFloat.encode(1 + 0x1.0p-11f)).as("tie to even").isEqualTo((short) 0x3c00);
    assertThat(HalfFloat.encode(1 + 0x1.8p-10f)).as("tie to even").isEqualTo((short) 0x3c02);
  }

  @Test
  void roundsToTheNearest() {
    SeededStream stream = SeededStream.of(Purpose.TRIAL, 7);
    for (int i = 0; i < 100_000; i++) {
      float value = (float) Math.scalb(2 * stream.nextDouble() - 1, stream.nextInt(40) - 25);
      short half = HalfFloat.encode(value);
      float error = Math.abs(HalfFloat.decode(half) - value);
      if (Float.isFinite(HalfFloat.decode(half))) {
        assertThat(error)
            .isLessThanOrEqualTo(Math.abs(HalfFloat.decode((short) (half + 1)) - value));
        if ((half & 0x7fff) != 0) {
          assertThat(error)
              .isLessThanOrEqualTo(Math.abs(HalfFloat.decode((short) (half - 1)) - value));
        }
      }
    }
  }

  @Test
  void theScaleIsTheSameForWhatWasDecoded() {
    SeededStream stream = SeededStream.of(Purpose.TRIAL, 8);
    for (int i = 0; i < 100_000; i++) {
      float largest = (float) Math.scalb(1 + stream.nextDouble(), stream.nextInt(200) - 100);
      float scale = HalfFloat.scaleFor(largest);
      short half = HalfFloat.encode(largest * scale);
      assertThat(HalfFloat.decode(half)).isBetween(0x1.0p14f, 0x1.0p15f);
      assertThat(HalfFloat.scaleFor(HalfFloat.decode(half) / scale)).isEqualTo(scale);
    }
    assertThat(HalfFloat.scaleFor(0)).isEqualTo(1);
    assertThat(HalfFloat.scaleFor(Float.NaN)).isEqualTo(1);
    assertThat(HalfFloat.scaleFor(Float.POSITIVE_INFINITY)).isEqualTo(1);
  }
}
