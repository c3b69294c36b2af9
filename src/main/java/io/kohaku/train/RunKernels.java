package io.kohaku.train;

import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.KernelSource;
import io.kohaku.tensor.TorchScript;

/** The kernels that copy and average what a run keeps. */
final class RunKernels {
  private RunKernels() {}

  /** The kernels, closed with {@code manager}. */
  static TorchScript of(NDManager manager) {
    return TorchScript.load(manager, KernelSource.resource(RunKernels.class, "state.torch"));
  }
}
