package io.kohaku.lokr.file;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.LeafKernels;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.shape.Leaf;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ArraySource;
import io.kohaku.tensor.file.ModelHashes;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes an adapter as kohya's tools and LyCORIS read it, one tensor after another.
 *
 * <p>Each layer gives its blocks and {@code alpha}, all in one number format. A trained scalar is
 * multiplied into the small block, as LyCORIS does. Alpha is always finite: the reference writes
 * infinity for presets with a rank beyond fp16, and readers that do multiply by it would be lost.
 */
public final class LokrFileWriter {
  private static final double GREATEST_HALF = 65504;

  private LokrFileWriter() {}

  /**
   * Writes the adapter with both hashes by which user interfaces know it.
   *
   * @param dtype F32, BF16 or F16
   * @param metadata texts of the header, without the hashes
   */
  public static void write(
      Path file, LokrNetwork network, Dtype dtype, Map<String, String> metadata)
      throws IOException {
    List<TensorSource> tensors = tensors(network, dtype);
    Map<String, String> all = new LinkedHashMap<>(metadata);
    ModelHashes hashes = ModelHashes.ofTensors(metadata, tensors);
    all.put("sshs_model_hash", hashes.sha256());
    all.put("sshs_legacy_hash", hashes.legacy());
    SafeTensorsWriter.write(file, all, tensors);
  }

  /** The tensors of the file; their bytes are made when they are written. */
  public static List<TensorSource> tensors(LokrNetwork network, Dtype dtype) {
    List<TensorSource> tensors = new ArrayList<>();
    for (LokrLayer layer : network.layers()) {
      Map<String, NDArray> leaves = network.leaves(layer);
      tensors.add(alpha(layer, dtype));
      for (Leaf leaf : layer.shape().leaves()) {
        String name = layer.tensor(leaf.suffix());
        NDArray values = leaves.get(leaf.suffix());
        NDArray scalar = leaves.get(LokrTensor.SCALAR.suffix());
        if (leaf.tensor().takesFactor() && scalar != null) {
          tensors.add(product(name, dtype, values, scalar));
        } else if (leaf.tensor() != LokrTensor.SCALAR) {
          tensors.add(ArraySource.of(name, dtype, values));
        }
      }
    }
    return tensors;
  }

  private static TensorSource alpha(LokrLayer layer, Dtype dtype) {
    double greatest = dtype == Dtype.F16 ? GREATEST_HALF : Float.MAX_VALUE;
    float alpha = (float) Math.min(layer.shape().alpha(), greatest);
    String name = layer.tensor(LokrTensor.ALPHA.suffix());
    return new TensorSource(
        name,
        dtype,
        new long[0],
        out -> {
          try (NDManager manager = Natives.manager(Device.cpu())) {
            write(out, ArraySource.of(name, dtype, manager.create(alpha)));
          }
        });
  }

  private static TensorSource product(String name, Dtype dtype, NDArray values, NDArray scalar) {
    return new TensorSource(
        name,
        dtype,
        values.getShape().getShape(),
        out -> {
          try (NDManager manager = Natives.manager(values.getDevice())) {
            NDArray product = LeafKernels.shared().tensor(manager, "product", values, scalar);
            write(out, ArraySource.of(name, dtype, product));
          }
        });
  }

  private static void write(WritableByteChannel out, TensorSource tensor) throws IOException {
    tensor.content().writeTo(out);
  }
}
