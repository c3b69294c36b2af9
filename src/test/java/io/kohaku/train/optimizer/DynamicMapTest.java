package io.kohaku.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Golden;
import io.kohaku.tensor.SafeTensors;
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
  void limitsAreTheBinarySearchOfTheReference() {
    float[] values = DynamicMap.values();
    float[] limits = DynamicMap.limits();
    for (int k = 0; k < limits.length; k++) {
      float middle = (values[k] + values[k + 1]) * 0.5f;
      for (float x : new float[] {Math.nextDown(middle), middle, Math.nextUp(middle)}) {
        assertThat(bucket(limits, x)).as("%s", x).isEqualTo(search(values, x));
      }
    }
  }

  /** As torch.bucketize: the number of limits below x. */
  private static int bucket(float[] limits, float x) {
    int code = 0;
    while (code < limits.length && limits[code] < x) {
      code++;
    }
    return code;
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
