package io.kohaku.lokr.stored;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * LoHa: {@code w1 = alpha / rank}, {@code w2 = (w1_a · w1_b) ∘ (w2_a · w2_b)}, computed when it is
 * read; with cores each factor is a core with two sides.
 *
 * <p>LyCORIS multiplies by alpha over rank once where it trains and draws, as here; {@code
 * get_diff_weight} of its versions 3 and 4, which merges, does it twice.
 */
record HadamardForm(LayerParts parts, Optional<Double> alpha) implements LokrForm {
  private static final List<Part> SIDES =
      List.of(Part.HADA_W1_A, Part.HADA_W1_B, Part.HADA_W2_A, Part.HADA_W2_B);
  private static final List<Part> CORES = List.of(Part.HADA_T1, Part.HADA_T2);

  private static final class Kernels {
    private static final TorchScript SHARED =
        TorchScript.load(
            Natives.manager(Device.cpu()),
            LokrKernels.delta(),
            KernelSource.resource(HadamardForm.class, "hadamard.torch"));
  }

  HadamardForm {
    SIDES.forEach(part -> LokrForm.matrix(parts, part));
    boolean core = hasCores(parts);
    long rank = parts.shape(Part.HADA_W1_B).get(0);
    for (Part part : List.of(Part.HADA_W1_A, Part.HADA_W2_A)) {
      LokrForm.requireRank(parts, part, parts.shape(part).get(core ? 0 : 1), rank);
    }
    LokrForm.requireRank(parts, Part.HADA_W2_B, parts.shape(Part.HADA_W2_B).get(0), rank);
    requireSame(parts, Part.HADA_W1_A, Part.HADA_W2_A);
    requireSame(parts, Part.HADA_W1_B, Part.HADA_W2_B);
    if (core) {
      CORES.forEach(part -> LokrForm.core(parts, part, rank));
      requireSame(parts, Part.HADA_T1, Part.HADA_T2);
    }
    if (alpha.isPresent() && !Double.isFinite(alpha.get())) {
      throw new IllegalArgumentException(
          "Invalid %s.alpha: %s (must be finite)".formatted(parts.name(), alpha.get()));
    }
  }

  /** Both factors of the elementwise product have one shape. */
  private static void requireSame(LayerParts parts, Part first, Part second) {
    if (!parts.shape(first).equals(parts.shape(second))) {
      throw new IllegalArgumentException(
          "Invalid tensor %s: %s (that of the other factor is %s)"
              .formatted(parts.info(second).name(), parts.shape(second), parts.shape(first)));
    }
  }

  private static boolean hasCores(LayerParts parts) {
    return parts.has(Part.HADA_T1) || parts.has(Part.HADA_T2);
  }

  @Override
  public LayerKind kind() {
    return LayerKind.LOHA;
  }

  @Override
  public Map<LokrTensor, Shape> blocks() {
    Shape left = parts.shape(Part.HADA_W1_A);
    Shape whole = new Shape(left.get(0), LokrForm.columns(parts.shape(Part.HADA_W1_B)));
    if (hasCores(parts)) {
      whole =
          new Shape(left.get(1), parts.shape(Part.HADA_W1_B).get(1))
              .addAll(parts.shape(Part.HADA_T1).slice(2));
    }
    return Map.of(LokrTensor.W1, new Shape(1, 1), LokrTensor.W2, whole);
  }

  @Override
  public NDArray block(NDManager scope, Reader reader, LokrTensor block) {
    if (block == LokrTensor.W1) {
      return LokrForm.number(scope, alpha.map(number -> number / rank()).orElse(1.0));
    }
    List<NDArray> factors = new ArrayList<>();
    shown().forEach(part -> factors.add(reader.read(scope, parts.info(part).name())));
    return Kernels.SHARED.tensor(scope, "hadamard", factors);
  }

  @Override
  public List<Part> shown() {
    List<Part> shown = new ArrayList<>(SIDES);
    shown.addAll(hasCores(parts) ? CORES : List.of());
    return shown;
  }

  @Override
  public long rank() {
    return parts.shape(Part.HADA_W1_B).get(0);
  }
}
