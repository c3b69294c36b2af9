package io.kohaku.sdxl.checkpoint;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.input.UnusableFileException;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A tensor of a single-file checkpoint, wherever and in whichever form files keep it.
 *
 * @param form what to do with what is stored
 * @param parts the stored tensors
 */
record StoredTensor(Form form, List<Part> parts) {
  /** What turns stored tensors into that of a single-file checkpoint. */
  enum Form {
    AS_STORED,
    CONCATENATED,
    TRANSPOSED,
    AS_CONVOLUTION
  }

  /** One tensor of one file. */
  record Part(SafeTensors file, String name) {
    TensorInfo info() {
      return file.info(name);
    }
  }

  StoredTensor {
    parts = List.copyOf(parts);
  }

  /** A tensor that is stored as it is needed. */
  static StoredTensor as(Form form, SafeTensors file, String name) {
    return new StoredTensor(form, List.of(new Part(file, name)));
  }

  /** This and one more part. */
  StoredTensor and(Part part) {
    List<Part> all = new ArrayList<>(parts);
    all.add(part);
    return new StoredTensor(form, all);
  }

  /** The shape in a single-file checkpoint. */
  long[] shape() {
    long[] stored = parts.get(0).info().shape();
    return switch (form) {
      case AS_STORED -> stored;
      case CONCATENATED -> {
        stored[0] = parts.stream().mapToLong(part -> part.info().shape()[0]).sum();
        yield stored;
      }
      case TRANSPOSED -> stored.length == 2 ? new long[] {stored[1], stored[0]} : stored;
      case AS_CONVOLUTION -> stored.length == 2 ? new long[] {stored[0], stored[1], 1, 1} : stored;
    };
  }

  /** What a single-file checkpoint would say of it under the name {@code key}. */
  TensorInfo info(String key) {
    Dtype dtype = parts.get(0).info().dtype();
    if (parts.stream().anyMatch(part -> part.info().dtype() != dtype)) {
      throw new UnusableFileException(
          "Cannot read %s of %s: it is joined of tensors of several number formats"
              .formatted(key, parts.get(0).file().file()));
    }
    long[] shape = shape();
    return new TensorInfo(key, dtype, shape, 0, dtype.bytes(TensorInfo.elements(shape)));
  }

  /**
   * The tensor, of {@code owner}: on the CPU the mapped file itself where nothing is to be done.
   */
  NDArray read(NDManager owner, Dtype dtype) {
    List<NDArray> arrays = parts.stream().map(part -> read(part, owner, dtype)).toList();
    if (form == Form.AS_STORED
        || form == Form.AS_CONVOLUTION && arrays.get(0).getShape().dimension() == 4) {
      return arrays.get(0);
    }
    NDArray formed = Kernels.SHARED.tensor(owner, form.name().toLowerCase(Locale.ROOT), arrays);
    arrays.forEach(NDArray::close);
    return formed;
  }

  private static NDArray read(Part part, NDManager owner, Dtype dtype) {
    boolean asStored = owner.getDevice().equals(Device.cpu()) && part.info().dtype() == dtype;
    return asStored
        ? part.file().view(owner, part.name())
        : part.file().read(owner, part.name(), dtype);
  }

  /** Loaded with the first tensor: layouts are read without libtorch. */
  private static final class Kernels {
    private static final TorchScript SHARED =
        TorchScript.shared(StoredTensor.class, "layout.torch");
  }
}
