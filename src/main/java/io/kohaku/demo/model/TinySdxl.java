package io.kohaku.demo.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The SDXL architecture at toy width: every tensor of a single-file checkpoint with its shape, and
 * the few numbers that the tensors do not tell.
 *
 * @param headWidth channels of one attention head, in the U-Net and both text encoders
 * @param beginToken id of the token that starts a row
 * @param endToken id of the token that ends a row
 * @param tensors shape of each tensor by its checkpoint key, in the file's order
 */
public record TinySdxl(int headWidth, int beginToken, int endToken, Map<String, long[]> tensors) {

  /** Keeps the order of the tensors. */
  public TinySdxl {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** The tiny model that the parity tests and the demo share. */
  public static TinySdxl load() {
    try (InputStream in = TinySdxl.class.getResourceAsStream("tiny-sdxl.json")) {
      JsonNode root = new ObjectMapper().readTree(in);
      Map<String, long[]> tensors = new LinkedHashMap<>();
      Iterator<Map.Entry<String, JsonNode>> fields = root.get("tensors").fields();
      while (fields.hasNext()) {
        Map.Entry<String, JsonNode> field = fields.next();
        long[] shape = new long[field.getValue().size()];
        for (int i = 0; i < shape.length; i++) {
          shape[i] = field.getValue().get(i).asLong();
        }
        tensors.put(field.getKey(), shape);
      }
      return new TinySdxl(
          root.get("config").get("head_dim").asInt(),
          root.get("bos").asInt(),
          root.get("eos").asInt(),
          tensors);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read tiny-sdxl.json: " + e.getMessage(), e);
    }
  }

  /** Writes the model, float32, and {@code besides} as the single-file checkpoint {@code file}. */
  public void write(Path file, TensorSource... besides) throws IOException {
    List<TensorSource> sources = new ArrayList<>(List.of(besides));
    tensors.forEach(
        (key, shape) ->
            sources.add(new TensorSource(key, Dtype.F32, shape, out -> write(out, key, shape))));
    Map<String, String> metadata = Map.of(ModelOptions.HEAD_WIDTH_KEY, Integer.toString(headWidth));
    SafeTensorsWriter.write(file, metadata, sources);
  }

  private static void write(WritableByteChannel out, String key, long[] shape) throws IOException {
    float[] values = FormulaWeights.values(key, shape);
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    TensorSource.writeFully(bytes, out);
  }
}
