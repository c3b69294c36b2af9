package io.kohaku.lokr.shape;

/** A trained tensor of an adapted module, by the suffix that files and kernels know it by. */
public sealed interface AdapterTensor permits LokrTensor, NormTensor {
  /** Its name within the module. */
  String suffix();

  /** Its name in a file. */
  default String of(String module) {
    return module + "." + suffix();
  }

  /** Whether it is a block of a Kronecker product or a part of one. */
  default boolean isBlock() {
    return false;
  }

  /** Whether a factor of the whole delta goes into it when the factor is to have no place else. */
  default boolean takesFactor() {
    return false;
  }
}
