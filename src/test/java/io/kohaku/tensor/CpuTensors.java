package io.kohaku.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.script.Autograd;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Gives each test a manager of its own, on a thread that may call kernels. */
public final class CpuTensors implements BeforeEachCallback, AfterEachCallback {
  private NDManager manager;

  /** The running test's. */
  public NDManager manager() {
    return manager;
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
  }

  @Override
  public void afterEach(ExtensionContext test) {
    manager.close();
  }
}
