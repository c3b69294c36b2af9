package io.kohaku.lokr.file;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.ParameterKernels;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.NormTensor;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ArraySource;
import io.kohaku.tensor.file.ModelHashes;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Writes an adapter as kohya's tools and LyCORIS read it, one tensor after another.
 *
 * <p>Each layer gives its blocks and {@code alpha}, a norm {@code w_norm} and {@code b_norm}, all
 * in one number format. A trained scalar is multiplied into the small block, as LyCORIS does. Alpha
 * is always finite: the reference writes infinity for presets with a rank beyond fp16, and readers
 * that do multiply by it would be lost.
 */
public final class LokrFileWriter {
  /** Half a unit in the last place of bf16, the format with the fewest digits. */
  private static final double ROUNDING = 0x1p-8;

  private LokrFileWriter() {}

  /**
   * Writes the adapter with both hashes by which user interfaces know it.
   *
   * @param trained what {@link TrainedFile} wrote
   * @param dtype F32, BF16 or F16
   * @param metadata texts of the header, without the hashes
   */
  public static void write(Path file, LokrFile trained, Dtype dtype, Map<String, String> metadata)
      throws IOException {
    List<TensorSource> tensors = tensors(trained, dtype);
    Map<String, String> all = new TreeMap<>(metadata);
    ModelHashes hashes = ModelHashes.ofTensors(metadata, tensors);
    all.put("sshs_model_hash", hashes.sha256());
    all.put("sshs_legacy_hash", hashes.legacy());
    SafeTensorsWriter.write(file, all, tensors);
  }

  /** The tensors of the file; their bytes are made when they are written. */
  static List<TensorSource> tensors(LokrFile trained, Dtype dtype) {
    List<TensorSource> tensors = new ArrayList<>();
    for (String name : trained.names()) {
      StoredLayer layer = trained.stored().get(name);
      if (layer != null) {
        addLayer(tensors, trained, layer, dtype);
      }
      for (NormTensor tensor : NormTensor.values()) {
        StoredVector vector = trained.vectors().get(tensor.of(name));
        if (vector != null) {
          tensors.add(vector(trained, vector, dtype));
        }
      }
    }
    return tensors;
  }

  private static void addLayer(
      List<TensorSource> tensors, LokrFile trained, StoredLayer layer, Dtype dtype) {
    float alpha = (float) FiniteAlpha.of(layer.alpha(), dtype);
    if (layer.form().rank() > 0 && Math.abs(alpha / layer.alpha() - 1) > ROUNDING) {
      throw new UnusableFileException(
          "Cannot write alpha %s of %s as %s (choose another export.save-precision)"
              .formatted(layer.alpha(), layer.name(), dtype));
    }
    tensors.add(TrainedFile.number(LokrTensor.ALPHA.of(layer.name()), dtype, alpha));
    Arrays.stream(LokrTensor.values())
        .filter(tensor -> tensor != LokrTensor.SCALAR && layer.has(tensor))
        .map(tensor -> tensor(trained, layer, tensor, dtype))
        .forEach(tensors::add);
  }

  private static TensorSource vector(LokrFile trained, StoredVector vector, Dtype dtype) {
    long[] shape = vector.tensor().shape();
    return source(vector.name(), dtype, shape, manager -> trained.tensor(manager, vector.name()));
  }

  private static TensorSource tensor(
      LokrFile trained, StoredLayer layer, LokrTensor tensor, Dtype dtype) {
    String name = tensor.of(layer.name());
    boolean multiplied = tensor.takesFactor() && layer.has(LokrTensor.SCALAR);
    return source(
        name,
        dtype,
        layer.tensors().get(tensor.suffix()).getShape(),
        manager -> {
          NDArray values = trained.tensor(manager, name);
          if (!multiplied) {
            return values;
          }
          NDArray scalar = trained.tensor(manager, LokrTensor.SCALAR.of(layer.name()));
          return ParameterKernels.shared().tensor(manager, "product", values, scalar);
        });
  }

  /** A tensor whose values are made when they are written. */
  private static TensorSource source(
      String name, Dtype dtype, long[] shape, Function<NDManager, NDArray> values) {
    return new TensorSource(
        name,
        dtype,
        shape,
        out -> {
          try (NDManager manager = Natives.manager(Device.cpu())) {
            ArraySource.of(name, dtype, values.apply(manager)).content().writeTo(out);
          }
        });
  }
}
