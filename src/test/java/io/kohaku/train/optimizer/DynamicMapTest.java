package io.kohaku.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Golden;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class DynamicMapTest {
  @Test
  void hasTheBitsOfTheReference() throws NoSuchAlgorithmException {
    float[] values = DynamicMap.values();
    float[] expected = new float[256];
    try (SafeTensors golden = SafeTensors.open(Golden.path("lion8bit.safetensors"))) {
      golden.bytes("qmap").asFloatBuffer().get(expected);
    }
    assertThat(values).containsExactly(expected);
    ByteBuffer bytes = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array())))
        .isEqualTo("e732639a65f497b4ad684bb166a4467708255edd5207757de8b8f0c7e1fda89c");
  }

  @Test
  void codesAreThoseOfTheReferencesSearch() {
    float[] values = DynamicMap.values();
    float[] limits = DynamicMap.limits();
    int[] cells = DynamicMap.cells();
    for (int k = 0; k < values.length - 1; k++) {
      float middle = (values[k] + values[k + 1]) * 0.5f;
      for (float x : new float[] {Math.nextDown(middle), middle, Math.nextUp(middle)}) {
        int low = cells[Float.floatToRawIntBits(x) >>> 16];
        int code = low + (x > limits[low] ? 1 : 0);
        assertThat(code).as("code of %s", x).isEqualTo(search(values, x));
      }
    }
  }

  @Test
  void noCellHoldsMoreThanTwoCodes() {
    float[] limits = DynamicMap.limits();
    for (int upper = 0; upper < 1 << 16; upper++) {
      float first = Float.intBitsToFloat(upper << 16);
      float last = Float.intBitsToFloat(upper << 16 | 0xffff);
      if (Math.abs(last) <= 1) {
        int codes = DynamicMap.code(limits, first) - DynamicMap.code(limits, last);
        assertThat(Math.abs(codes)).as("codes from %s to %s", first, last).isLessThanOrEqualTo(1);
      }
    }
    assertThat(DynamicMap.code(limits, Float.NaN)).isEqualTo(255);
  }

  /** As {@code dQuantize} of bitsandbytes describes its search. */
  private static int search(float[] map, float x) {
    int pivot = 127;
    int above = 255;
    int below = 0;
    for (int step = 64; step > 0; step /= 2) {
      if (x > map[pivot]) {
        below = pivot;
        pivot += step;
      } else {
        above = pivot;
        pivot -= step;
      }
    }
    if (x > map[pivot]) {
      return x > (map[above] + map[pivot]) * 0.5f ? above : pivot;
    }
    return x < (map[below] + map[pivot]) * 0.5f ? below : pivot;
  }
}
