package io.kohaku.lokr.shape;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The blocks of one LoKr layer: {@code delta = scale * kron(w1 [l, m], w2 [k, n, kernel…])}, with
 * {@code l k} outputs and {@code m n} inputs.
 *
 * @param weight shape of the adapted weight, [out, in] or [out, in, height, width]
 * @param l rows of the small block
 * @param m columns of the small block
 * @param small how the small block is stored
 * @param large how the large block is stored
 * @param rank inner dimension of decomposed blocks
 * @param scale factor on the Kronecker product
 * @param alpha the number stored beside the blocks
 * @param decomposition whether and along which axis magnitudes are trained apart
 * @param scalar whether one trained number multiplies the delta
 */
public record LokrShape(
    Shape weight,
    int l,
    int m,
    Block small,
    Block large,
    long rank,
    double scale,
    double alpha,
    WeightDecomposition decomposition,
    boolean scalar) {

  /** Checks the kernel. */
  public LokrShape {
    if (weight.dimension() == 4 && weight.get(2) != weight.get(3)) {
      throw new IllegalArgumentException("Invalid weight: " + weight + " (kernels must be square)");
    }
  }

  /** How a block is stored. */
  public enum Block {
    /** As it is. */
    FULL,
    /** As a product of two matrices. */
    LOW_RANK,
    /** As a core with the kernel's size and one matrix for each side. */
    TUCKER
  }

  /** The blocks that these options give for a weight. */
  public static LokrShape of(Shape weight, LokrOptions options) {
    Factorization outputs = Factorization.of(Math.toIntExact(weight.get(0)), options.factor());
    Factorization inputs = Factorization.of(Math.toIntExact(weight.get(1)), options.factor());
    if (options.has(LokrFlag.UNBALANCED)) {
      outputs = new Factorization(outputs.large(), outputs.small());
    }
    long rank = options.dim();
    boolean full = options.has(LokrFlag.FULL_MATRIX);
    Block large = Block.FULL;
    if (!full && rank < Math.max(outputs.large(), inputs.large()) / 2.0) {
      boolean kernel = weight.size() != weight.get(0) * weight.get(1);
      large = options.has(LokrFlag.TUCKER) && kernel ? Block.TUCKER : Block.LOW_RANK;
    }
    boolean decomposed =
        options.has(LokrFlag.DECOMPOSE_BOTH)
            && !full
            && rank < Math.max(outputs.small(), inputs.small()) / 2.0;
    Block small = decomposed ? Block.LOW_RANK : Block.FULL;
    Scale scale = Scale.of(options, small == Block.FULL && large == Block.FULL);
    return new LokrShape(
        weight,
        outputs.small(),
        inputs.small(),
        small,
        large,
        rank,
        scale.factor(),
        scale.alpha(),
        axis(options),
        options.has(LokrFlag.SCALAR));
  }

  /** Rows of the large block. */
  public int k() {
    return Math.toIntExact(weight.get(0) / l);
  }

  /** Columns of the large block. */
  public int n() {
    return Math.toIntExact(weight.get(1) / m);
  }

  /** Elements of the kernel, 1 for a linear layer. */
  public long kernel() {
    return weight.size() / (weight.get(0) * weight.get(1));
  }

  /** The numbers that the kernels read, by their suffix. */
  public Map<String, Double> constants(ApplyMode mode) {
    return Map.of(
        "lokr_scale",
        scale,
        "lokr_side",
        weight.dimension() == 4 ? (double) weight.get(2) : 0.0,
        "lokr_bypass",
        mode == ApplyMode.BYPASS ? 1.0 : 0.0);
  }

  /** The trainable tensors in creation order. */
  public List<ParameterSpec> parameters() {
    List<ParameterSpec> parameters = new ArrayList<>();
    if (small == Block.FULL) {
      parameters.add(
          new ParameterSpec(LokrTensor.W1, new Shape(l, m), ParameterSpec.Start.UNIFORM));
    } else {
      parameters.add(
          new ParameterSpec(LokrTensor.W1_A, new Shape(l, rank), ParameterSpec.Start.UNIFORM));
      parameters.add(
          new ParameterSpec(LokrTensor.W1_B, new Shape(rank, m), ParameterSpec.Start.UNIFORM));
    }
    addLarge(parameters, scalar ? ParameterSpec.Start.UNIFORM : ParameterSpec.Start.ZERO);
    if (decomposition != WeightDecomposition.NONE) {
      parameters.add(
          new ParameterSpec(
              LokrTensor.DORA_SCALE, magnitudeShape(), ParameterSpec.Start.MAGNITUDE));
    }
    if (scalar) {
      parameters.add(new ParameterSpec(LokrTensor.SCALAR, new Shape(), ParameterSpec.Start.ZERO));
    }
    return List.copyOf(parameters);
  }

  /** Shape of the trained magnitudes: the axis they are for, ones elsewhere. */
  private Shape magnitudeShape() {
    long[] dimensions = new long[weight.dimension()];
    int kept = decomposition == WeightDecomposition.OUTPUT ? 0 : 1;
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = i == kept ? weight.get(i) : 1;
    }
    return new Shape(dimensions);
  }

  private void addLarge(List<ParameterSpec> parameters, ParameterSpec.Start last) {
    switch (large) {
      case FULL -> parameters.add(new ParameterSpec(LokrTensor.W2, withKernel(k(), n()), last));
      case LOW_RANK -> {
        parameters.add(
            new ParameterSpec(LokrTensor.W2_A, new Shape(k(), rank), ParameterSpec.Start.UNIFORM));
        parameters.add(new ParameterSpec(LokrTensor.W2_B, new Shape(rank, n() * kernel()), last));
      }
      case TUCKER -> {
        parameters.add(
            new ParameterSpec(LokrTensor.T2, withKernel(rank, rank), ParameterSpec.Start.UNIFORM));
        parameters.add(
            new ParameterSpec(LokrTensor.W2_A, new Shape(rank, k()), ParameterSpec.Start.UNIFORM));
        parameters.add(new ParameterSpec(LokrTensor.W2_B, new Shape(rank, n()), last));
      }
      default -> throw new IllegalStateException("Unknown block: " + large);
    }
  }

  private Shape withKernel(long rows, long columns) {
    return new Shape(rows, columns).addAll(weight.slice(2));
  }

  private static WeightDecomposition axis(LokrOptions options) {
    if (!options.has(LokrFlag.WEIGHT_DECOMPOSE)) {
      return WeightDecomposition.NONE;
    }
    return options.has(LokrFlag.DECOMPOSE_OVER_OUTPUTS)
        ? WeightDecomposition.OUTPUT
        : WeightDecomposition.INPUT;
  }

  private record Scale(double factor, double alpha) {

    /** Spec: both blocks full ignore alpha; rank-stabilised layers store {@code alpha sqrt(r)}. */
    static Scale of(LokrOptions options, boolean full) {
      double rank = options.dim();
      if (full) {
        return new Scale(1, rank);
      }
      double alpha = options.alpha() == 0 ? rank : options.alpha();
      double stored =
          options.has(LokrFlag.RANK_STABILISED) ? alpha * rank / Math.sqrt(rank) : alpha;
      return new Scale(stored / rank, stored);
    }
  }
}
