package io.kohaku.latent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.image.Bucket;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers to a latent's bytes and back. */
public final class LatentBytes {
  private LatentBytes() {}

  /** Little-endian bytes of the stored type, rounded to nearest even. */
  public static byte[] of(float[] values, Storage storage, NDManager parent) {
    if (storage == Storage.FP32) {
      ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      return bytes.array();
    }
    try (NDManager scope = parent.newSubManager()) {
      return scope.create(values).toType(DataType.FLOAT16, false).toByteArray();
    }
  }

  /** The numbers of a latent {@code [4, height / 8, width / 8]}; moments are drawn from. */
  public static float[] values(
      byte[] bytes, LatentFormat format, Bucket bucket, long drawSeed, NDManager parent) {
    float[] stored;
    try (NDArray array = read(bytes, format.storage(), format.shape(bucket), parent)) {
      stored = array.toFloatArray();
    }
    return format.posterior() == Posterior.MOMENTS
        ? Moments.ofStored(stored).sample(drawSeed)
        : stored;
  }

  /** The numbers as a new float32 array of {@code scope}. */
  public static NDArray read(byte[] bytes, Storage storage, Shape shape, NDManager scope) {
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    DataType type = storage == Storage.FP16 ? DataType.FLOAT16 : DataType.FLOAT32;
    try (NDArray stored = scope.create(direct, shape, type)) {
      return stored.toType(DataType.FLOAT32, true);
    }
  }
}
