package io.kohaku.latent;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import io.kohaku.tensor.Natives;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class LatentBytesTest {
  private static final int HALVES = 1 << 16;

  @Test
  void everyHalfIsTheFloatThatLibtorchMakesOfIt() {
    float[] values =
        LatentBytes.values(everyHalf(), new LatentFormat(Posterior.SAMPLE, Storage.FP16), 0);
    assertThat(bits(values)).isEqualTo(bits(byLibtorch(everyHalf(), DataType.FLOAT16)));
  }

  @Test
  void floatsKeepTheirBits() {
    byte[] bytes = everyHalf();
    assertThat(bits(LatentBytes.values(bytes, new LatentFormat(Posterior.MEAN, Storage.FP32), 0)))
        .isEqualTo(bits(byLibtorch(bytes, DataType.FLOAT32)));
  }

  @Test
  void momentsAreDrawnFromTheSameNumbers() {
    byte[] bytes = everyHalf();
    LatentFormat format = new LatentFormat(Posterior.MOMENTS, Storage.FP16);
    float[] expected = Moments.ofStored(byLibtorch(bytes, DataType.FLOAT16)).sample(7);
    assertThat(LatentBytes.values(bytes, format, 7)).isEqualTo(expected).hasSize(HALVES / 2);
    assertThat(LatentBytes.values(bytes, format, 8)).isNotEqualTo(expected);
  }

  private static byte[] everyHalf() {
    ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * HALVES).order(ByteOrder.LITTLE_ENDIAN);
    for (int half = 0; half < HALVES; half++) {
      bytes.putShort((short) half);
    }
    return bytes.array();
  }

  private static float[] byLibtorch(byte[] bytes, DataType type) {
    try (NDManager scope = Natives.manager(Device.cpu())) {
      ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      NDArray stored = scope.create(direct, new Shape(bytes.length / type.getNumOfBytes()), type);
      return stored.toType(DataType.FLOAT32, true).toFloatArray();
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
