package io.kohaku.tensor.file;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.script.TorchScript;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * The tensors of one file as slices of a private mapping that libtorch owns, one per element type.
 *
 * <p>So a slice keeps its memory alive by itself, may be of any type and lie beyond 2 GiB. A tensor
 * that does not lie on a multiple of its element size (old files) is put together from bytes.
 */
final class MappedTensors implements AutoCloseable {
  private final String file;
  private final long size;
  private final long dataStart;
  private final Map<Dtype, NDArray> flat = new EnumMap<>(Dtype.class);
  private NDManager manager;

  MappedTensors(Path file, long size, long dataStart) {
    this.file = file.toAbsolutePath().toString();
    this.size = size;
    this.dataStart = dataStart;
  }

  NDArray view(NDManager scope, TensorInfo info) {
    int code = info.dtype().code();
    if (info.elements() == 0) {
      return kernels().tensor(scope, "nothing", info.shape(), code);
    }
    long offset = dataStart + info.begin();
    int width = info.dtype().bits() / 8;
    if (offset % width == 0) {
      NDArray all = flat(info.dtype());
      return kernels().tensor(scope, "slice", all, offset / width, info.shape());
    }
    NDArray bytes = flat(Dtype.U8);
    return kernels().tensor(scope, "unaligned", bytes, offset, info.size(), info.shape(), code);
  }

  NDArray copy(NDManager scope, TensorInfo info, Dtype dtype) {
    try (NDArray view = view(scope, info)) {
      return kernels().tensor(scope, "copied", view, dtype, scope.getDevice());
    }
  }

  private synchronized NDArray flat(Dtype dtype) {
    if (manager == null) {
      manager = Natives.manager(Device.cpu());
    }
    return flat.computeIfAbsent(
        dtype,
        type -> {
          long count = size * 8 / type.bits();
          NDArray all = kernels().tensor(manager, "mapped", file, count, type);
          NDScope.unregister(all);
          return all;
        });
  }

  @Override
  public synchronized void close() {
    flat.clear();
    if (manager != null) {
      manager.close();
    }
  }

  static TorchScript kernels() {
    return Kernels.SHARED;
  }

  /** Loaded with the first tensor: headers are read without libtorch. */
  private static final class Kernels {
    private static final TorchScript SHARED = TorchScript.shared(MappedTensors.class, "file.torch");
  }
}
