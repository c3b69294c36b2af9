package io.kohaku.weights.bake;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.BoundLayer;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.ArraySource;
import io.kohaku.weights.LayerRows;
import io.kohaku.weights.RawTensors;
import io.kohaku.weights.WeightKernels;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * One layer of one adapter on its way into a checkpoint.
 *
 * @param file the adapter
 * @param layer the layer
 * @param multiplier strength
 */
record LayerUpdate(RawTensors file, LokrLayer layer, double multiplier) {
  /** Where it goes. */
  LayerRows rows() {
    return LayerRows.of(layer.layer());
  }

  /** Writes a tensor with all its updates, one after another, rounded once. */
  static void write(
      WeightKernels kernels,
      RawTensors base,
      TensorInfo info,
      List<LayerUpdate> updates,
      Dtype output,
      WritableByteChannel out)
      throws IOException {
    try (MemoryScope scope = MemoryScope.open(kernels.manager())) {
      NDArray whole = whole(kernels, scope.manager(), base, info);
      for (LayerUpdate update : updates) {
        update.apply(kernels, scope.manager(), whole);
      }
      ArraySource.of(info.name(), output, whole).content().writeTo(out);
    }
  }

  private static NDArray whole(
      WeightKernels kernels, NDManager scope, RawTensors base, TensorInfo info) throws IOException {
    try (NDArray bytes = scope.create(new Shape(info.size()), DataType.UINT8)) {
      base.read(info.name(), 0, bytes.toByteBuffer(true));
      long width = info.dtype().bits() / 8;
      return kernels.kernels().tensor(scope, "whole", bytes, info.shape(), width, info.dtype());
    }
  }

  private void apply(WeightKernels kernels, NDManager parent, NDArray whole) throws IOException {
    LayerRows rows = rows();
    try (MemoryScope scope = MemoryScope.open(parent);
        BoundLayer bound = new BoundLayer(layer.shape())) {
      NDManager manager = scope.manager();
      NDArray weight = kernels.kernels().tensor(manager, "rows", whole, rows.first(), rows.count());
      bound.put(BoundLayer.WEIGHT, weight).apply(multiplier, ApplyMode.MERGED);
      for (ParameterSpec parameter : layer.shape().parameters()) {
        TensorInfo info = file.info(layer.tensor(parameter.suffix()));
        bound.put(parameter.suffix(), whole(kernels, manager, file, info));
      }
      kernels.kernels().run("adapt", weight, bound.tensors(), bound.numbers(), BoundLayer.NAME);
    }
  }
}
