package io.kohaku.cluster.ring;

import io.kohaku.number.HalfFloat;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** How float32 values travel between ranks, a chunk at a time. */
public enum WireFormat {
  /** As they are: four bytes a value. */
  FLOAT32 {
    @Override
    int bytes(int floats) {
      return Float.BYTES * floats;
    }

    @Override
    void encode(FloatBuffer values, ByteBuffer wire) {
      wire.asFloatBuffer().put(values);
    }

    @Override
    void decode(ByteBuffer wire, float[] values, int count) {
      wire.asFloatBuffer().get(values, 0, count);
    }
  },

  /**
   * IEEE half precision: two bytes a value after one float32 that scales the chunk.
   *
   * <p>The scale is the power of two that brings the largest magnitude of the chunk into [2^14,
   * 2^15), so neither small gradients vanish nor large ones overflow; a chunk with a NaN or an
   * infinity travels unscaled and stays non-finite.
   */
  FLOAT16 {
    @Override
    int bytes(int floats) {
      return Float.BYTES + Short.BYTES * floats;
    }

    @Override
    void encode(FloatBuffer values, ByteBuffer wire) {
      int start = values.position();
      int count = values.remaining();
      float largest = 0;
      for (int i = 0; i < count; i++) {
        largest = Math.max(largest, Math.abs(values.get(start + i)));
      }
      float scale = HalfFloat.scaleFor(largest);
      wire.putFloat(0, scale);
      for (int i = 0; i < count; i++) {
        wire.putShort(
            Float.BYTES + Short.BYTES * i, HalfFloat.encode(values.get(start + i) * scale));
      }
    }

    @Override
    void decode(ByteBuffer wire, float[] values, int count) {
      float scale = wire.getFloat(0);
      for (int i = 0; i < count; i++) {
        values[i] = HalfFloat.decode(wire.getShort(Float.BYTES + Short.BYTES * i)) / scale;
      }
    }
  };

  /** Bytes on the wire for a chunk of so many values. */
  abstract int bytes(int floats);

  /** Writes the remaining values to the start of the wire buffer; moves neither position. */
  abstract void encode(FloatBuffer values, ByteBuffer wire);

  /** Reads so many values from the start of the wire buffer. */
  abstract void decode(ByteBuffer wire, float[] values, int count);
}
