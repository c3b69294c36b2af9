package io.kohaku.latent;

import io.kohaku.number.HalfFloat;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers to a latent's bytes and back. */
public final class LatentBytes {
  private LatentBytes() {}

  /** Little-endian bytes of the stored type, rounded to nearest even. */
  public static byte[] of(float[] values, Storage storage) {
    int width = storage == Storage.FP32 ? Float.BYTES : Short.BYTES;
    ByteBuffer bytes = ByteBuffer.allocate(values.length * width).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (storage == Storage.FP32) {
        bytes.putFloat(value);
      } else {
        bytes.putShort(HalfFloat.encode(value));
      }
    }
    return bytes.array();
  }

  /**
   * The numbers of a latent {@code [4, height / 8, width / 8]}, before scaling.
   *
   * @param drawSeed of the draw, where moments are stored; not used otherwise
   */
  public static float[] values(byte[] bytes, LatentFormat format, long drawSeed) {
    float[] stored = stored(bytes, format.storage());
    return format.posterior() == Posterior.MOMENTS
        ? Moments.ofStored(stored).sample(drawSeed)
        : stored;
  }

  private static float[] stored(byte[] bytes, Storage storage) {
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (storage == Storage.FP32) {
      float[] values = new float[bytes.length / Float.BYTES];
      numbers.asFloatBuffer().get(values);
      return values;
    }
    float[] values = new float[bytes.length / Short.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = HalfFloat.decode(numbers.getShort(Short.BYTES * i));
    }
    return values;
  }
}
