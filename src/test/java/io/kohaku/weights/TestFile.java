package io.kohaku.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Safetensors files put together by a test. */
public final class TestFile {
  public static final String POSITION_IDS =
      "conditioner.embedders.0.transformer.text_model.embeddings.position_ids";
  public static final String LOGIT_SCALE = "conditioner.embedders.1.model.logit_scale";

  private final Map<String, TensorSource> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** The tiny SDXL with other weights for every prefix, and the two passengers. */
  public static TestFile tiny(String prefix, Dtype dtype) {
    TestFile file = new TestFile();
    TinySdxl.load()
        .tensors()
        .forEach((key, shape) -> file.put(key, dtype, shape, weights(prefix, key, shape)));
    file.put(LOGIT_SCALE, dtype, new long[0], 4.6f + prefix.length());
    ByteBuffer ids = ByteBuffer.allocate(8 * 77).order(ByteOrder.LITTLE_ENDIAN);
    for (long i = 0; i < 77; i++) {
      ids.putLong(i);
    }
    file.tensors.put(
        POSITION_IDS, TensorSource.of(POSITION_IDS, Dtype.I64, new long[] {1, 77}, ids.array()));
    file.metadata.put("head_width", "16");
    return file;
  }

  /** An adapter on every layer of the tiny SDXL, blocks whole, as LyCORIS would write it. */
  public static TestFile adapter() throws IOException {
    return adapter(0.1f);
  }

  /** The same with other blocks: numbers are {@code scale} times those of weights. */
  public static TestFile adapter(float scale) throws IOException {
    JsonNode parameters = new ObjectMapper().readTree(Golden.path("lokr-params.json").toFile());
    TestFile file = new TestFile();
    parameters
        .fields()
        .forEachRemaining(
            entry -> {
              long[] shape = new long[entry.getValue().size()];
              Arrays.setAll(shape, i -> entry.getValue().get(i).asLong());
              file.put(entry.getKey(), Dtype.F32, shape, block(scale, entry.getKey(), shape));
              if (entry.getKey().endsWith(".lokr_w1")) {
                String alpha = entry.getKey().replace("lokr_w1", "alpha");
                file.put(alpha, Dtype.F32, new long[0], Float.POSITIVE_INFINITY);
              }
            });
    return file;
  }

  public static float[] block(String key, long... shape) {
    return block(0.1f, key, shape);
  }

  private static float[] block(float scale, String key, long... shape) {
    float[] values = weights("", key, shape);
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale;
    }
    return values;
  }

  public Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    tensors.values().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
    return shapes;
  }

  static float[] weights(String prefix, String key, long... shape) {
    return FormulaWeights.values(prefix + key, shape);
  }

  public TestFile put(String name, Dtype dtype, long[] shape, float... values) {
    tensors.put(name, TensorSource.of(name, dtype, shape, bytes(dtype, values)));
    return this;
  }

  public TestFile metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  public TestFile remove(String name) {
    tensors.remove(name);
    return this;
  }

  /** Writes the file. */
  public Path write(Path file) throws IOException {
    SafeTensorsWriter.write(file, metadata, tensors.values());
    return file;
  }

  public static byte[] bytes(Dtype dtype, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * dtype.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (dtype) {
        case F32 -> bytes.putFloat(value);
        case F16 -> bytes.putShort(SixteenBits.HALF.encode(value));
        case BF16 -> bytes.putShort(SixteenBits.BFLOAT.encode(value));
        default -> throw new IllegalArgumentException("Unknown dtype: " + dtype);
      }
    }
    return bytes.array();
  }

  public static byte[] bytes(SafeTensors file, String name) {
    ByteBuffer stored = file.bytes(name);
    byte[] bytes = new byte[stored.remaining()];
    stored.get(bytes);
    return bytes;
  }

  public static float[] values(SafeTensors file, String name) {
    TensorInfo info = file.info(name);
    ByteBuffer stored = file.bytes(name);
    float[] values = new float[Math.toIntExact(info.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (info.dtype()) {
            case F32 -> stored.getFloat();
            case F16 -> SixteenBits.HALF.decode(stored.getShort());
            case BF16 -> SixteenBits.BFLOAT.decode(stored.getShort());
            default -> throw new IllegalArgumentException("Unknown dtype: " + info);
          };
    }
    return values;
  }

  public static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }
}
