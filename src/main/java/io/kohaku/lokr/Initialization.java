package io.kohaku.lokr;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import java.nio.charset.StandardCharsets;

/**
 * What trainable tensors hold before the first step, which makes every delta zero: a function of
 * the seed and the tensor's name, so that neither the order of creation nor the other layers change
 * it.
 *
 * @param seed the run's seed
 * @param base the frozen weights, read where magnitudes are trained
 */
public record Initialization(long seed, BaseWeights base) implements ParameterValues {

  @Override
  public NDArray values(NDManager scope, AdaptedModule module, ParameterSpec parameter) {
    return switch (parameter.start()) {
      case ZERO -> scope.zeros(parameter.shape());
      case UNIFORM -> scope.create(uniform(module, parameter), parameter.shape());
      case MAGNITUDE -> {
        NDArray like = scope.zeros(parameter.shape());
        NDArray weight = base.weight(scope, module.layer());
        yield ParameterKernels.shared().tensor(scope, "lokr_norms", weight, like);
      }
      default -> throw new IllegalStateException("Unknown start: " + parameter.start());
    };
  }

  private float[] uniform(AdaptedModule module, ParameterSpec parameter) {
    Shape shape = parameter.shape();
    long name = nameKey(module.tensor(parameter));
    SeededStream stream = SeededStream.of(Purpose.LOKR_START, seed, name);
    float[] values = new float[Math.toIntExact(shape.size())];
    double bound = parameter.bound();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * stream.nextDouble() - 1) * bound);
    }
    return values;
  }

  /** FNV-1a 64 of a name: its key for seeded streams. */
  static long nameKey(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (octet & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
