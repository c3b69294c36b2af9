package io.kohaku.sdxl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.tensor.script.KernelSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** The plainest adapter: a trainable float32 tensor added to the weight of every layer. */
public final class AdditiveLayers {
  public static final KernelSource TEXT =
      new KernelSource(
          "additive",
          """
          def adapted(p: Dict[str, Tensor], name: str) -> Tensor:
            w = p[name + ".weight"]
            if torch.__contains__(p, name + ".delta"):
              v = torch.to(torch.add(torch.to(w, 6), p[name + ".delta"]), w.dtype)
            else:
              v = w
            return v
          def norm_vector(p: Dict[str, Tensor], name: str, part: str) -> Tensor:
            return torch.to(p[name + "." + part], 6)
          def linear(x: Tensor, p: Dict[str, Tensor], c: Dict[str, float], name: str) -> Tensor:
            w = adapted(p, name)
            return torch.linear(torch.to(x, w.dtype), w, torch.get(p, name + ".bias"))
          def conv(x: Tensor, p: Dict[str, Tensor], c: Dict[str, float], name: str, stride: int, padding: int) -> Tensor:
            w = adapted(p, name)
            b = torch.get(p, name + ".bias")
            return torch.conv2d(torch.to(x, w.dtype), w, b, [stride, stride], [padding, padding], [1, 1], 1)
          """);

  private AdditiveLayers() {}

  /** A small leaf on every layer of {@code sdxl}, by network and path. */
  public static Map<String, NDArray> attach(Sdxl sdxl, NDManager manager) {
    Map<String, NDArray> leaves = new LinkedHashMap<>();
    for (AdaptableLayer layer : sdxl.modules().layers()) {
      String name = layer.network() + " " + layer.path();
      long[] shape = layer.shape().stream().mapToLong(Long::longValue).toArray();
      float[] values = FormulaWeights.values(name, shape);
      for (int i = 0; i < values.length; i++) {
        values[i] *= 0.1f;
      }
      NDArray leaf = manager.create(values, new Shape(shape)).duplicate();
      leaf.setRequiresGradient(true);
      sdxl.attach(layer.network(), layer.path(), Map.of("delta", leaf), Map.of());
      leaves.put(name, leaf);
    }
    return leaves;
  }
}
