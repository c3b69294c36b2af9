package io.kohaku.train.model;

import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;

/** The kernels that copy and average what a run keeps. */
public final class RunKernels {
  private RunKernels() {}

  /** The kernels, closed with {@code manager}. */
  public static TorchScript of(NDManager manager) {
    return TorchScript.load(manager, KernelSource.resource(RunKernels.class, "state.torch"));
  }
}
