package io.kohaku.demo.model;

import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.stream.LongStream;

/**
 * The tiny SDXL as a file in the single-file layout, with the two tensors without weights that
 * published checkpoints carry: {@code position_ids} and {@code logit_scale}.
 */
public final class DemoCheckpoint {
  private static final String POSITION_IDS =
      "conditioner.embedders.0.transformer.text_model.embeddings.position_ids";
  private static final String LOGIT_SCALE = "conditioner.embedders.1.model.logit_scale";
  private static final int POSITIONS = 77;

  private DemoCheckpoint() {}

  public static void write(Path file) throws IOException {
    ByteBuffer ids = ByteBuffer.allocate(Long.BYTES * POSITIONS).order(ByteOrder.LITTLE_ENDIAN);
    ids.asLongBuffer().put(LongStream.range(0, POSITIONS).toArray());
    ByteBuffer scale = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    scale.putFloat((float) Math.log(100));
    TinySdxl.load()
        .write(
            file,
            TensorSource.of(POSITION_IDS, Dtype.I64, new long[] {1, POSITIONS}, ids.array()),
            TensorSource.of(LOGIT_SCALE, Dtype.F32, new long[0], scale.array()));
  }
}
