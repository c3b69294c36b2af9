package io.kohaku.lokr.cost;

import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.tensor.Dtype;

/**
 * Expects for each layer which way of applying its update takes less time, forward and backward.
 *
 * <p>With {@code U = 2 T out in} operations (times the kernel's elements) for {@code T} vectors:
 *
 * <ul>
 *   <li>merged: {@code 3 U} (output, gradient of the input, gradient of the weight) and passes over
 *       the weight: the delta, its sum with the base, casts, and the gradient's sums over blocks;
 *   <li>bypass: {@code 2 U} for the frozen base, {@code 3 U / m} for the large block where the
 *       small one mixes first ({@code 3 U / l} where it mixes last), and passes over activations:
 *       three mixings, the sum of both outputs and the sum of both gradients.
 * </ul>
 *
 * <p>Matrix work counts at the device's rate for the product's width, passes at its memory rates.
 *
 * @param rates of the device in the compute type
 * @param dtype compute type, that of the frozen weights
 * @param tokens how many vectors go through each layer
 */
public record CostModel(DeviceRates rates, Dtype dtype, LayerTokens tokens) {

  /** What both ways are expected to take for {@code vectors} output vectors. */
  ModeSeconds seconds(LokrShape shape, long vectors) {
    double out = shape.weight().get(0);
    double in = shape.weight().get(1);
    double unit = 2.0 * vectors * shape.weight().size();
    double wide = rates.product(Math.min(out, in * shape.kernel()));
    double narrow = rates.product(Math.min(shape.k(), shape.n() * shape.kernel()));
    double width = dtype.bits() / 8.0;
    double merged = 3 * unit / wide + shape.weight().size() / rates.build();
    double first = mixing(vectors, in, (double) shape.l() * shape.n());
    double last = mixing(vectors, out, (double) shape.m() * shape.k());
    boolean mixesFirst = first + unit / shape.m() / narrow <= last + unit / shape.l() / narrow;
    double large = 3 * unit / (mixesFirst ? shape.m() : shape.l()) / narrow;
    double sums = 3.0 * vectors * (out + in) * width / rates.pass();
    double bypass = 2 * unit / wide + large + 3 * Math.min(first, last) + sums;
    return new ModeSeconds(merged, bypass);
  }

  /** Seconds of one product with the small block, from one width to another. */
  private double mixing(long vectors, double from, double to) {
    return vectors * (from + to) * dtype.bits() / 8.0 / rates.mix();
  }
}
