package io.kohaku.sample;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.TorchScript;

/** The kernels of this package; compiled once for a process. */
final class SampleKernels {
  private static final TorchScript KERNELS =
      TorchScript.shared(SampleKernels.class, "sample.torch");

  private SampleKernels() {}

  /** Runs a kernel without recording a graph. */
  static NDArray call(NDManager scope, String kernel, Object... arguments) {
    return Autograd.paused(() -> KERNELS.tensor(scope, kernel, arguments));
  }
}
