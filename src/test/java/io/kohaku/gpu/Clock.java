package io.kohaku.gpu;

import ai.djl.ndarray.NDArray;
import io.kohaku.tensor.script.TorchScript;
import java.util.Arrays;

/** Times what a device does, to its end. */
final class Clock {
  private static final TorchScript KERNELS = TorchScript.shared(Clock.class, "kit.torch");

  private Clock() {}

  /** Something to be timed; it waits for the device itself. */
  interface Work {
    void run() throws Exception;
  }

  /** Waits until the device has made {@code result} and all before it. */
  static void await(NDArray result) {
    KERNELS.number("wait", result);
  }

  /** The seconds of one run. */
  static double seconds(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  /** The median seconds of several runs after one that is not counted. */
  static double median(int runs, Work work) throws Exception {
    work.run();
    double[] seconds = new double[runs];
    for (int i = 0; i < runs; i++) {
      seconds[i] = seconds(work);
    }
    Arrays.sort(seconds);
    return seconds[runs / 2];
  }
}
