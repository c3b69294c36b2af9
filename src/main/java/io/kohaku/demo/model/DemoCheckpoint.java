package io.kohaku.demo.model;

import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    TinySdxl tiny = TinySdxl.load();
    List<TensorSource> tensors = new ArrayList<>();
    tiny.tensors()
        .forEach(
            (key, shape) ->
                tensors.add(
                    new TensorSource(
                        key,
                        Dtype.F32,
                        shape,
                        out -> out.write(floats(FormulaWeights.values(key, shape))))));
    tensors.add(
        TensorSource.of(
            POSITION_IDS,
            Dtype.I64,
            new long[] {1, POSITIONS},
            longs(LongStream.range(0, POSITIONS).toArray())));
    tensors.add(
        new TensorSource(
            LOGIT_SCALE, Dtype.F32, new long[0], out -> out.write(floats((float) Math.log(100)))));
    SafeTensorsWriter.write(
        file, Map.of(ModelOptions.HEAD_WIDTH_KEY, Integer.toString(tiny.headWidth())), tensors);
  }

  private static ByteBuffer floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  private static byte[] longs(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return bytes.array();
  }
}
