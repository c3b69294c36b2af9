package io.kohaku.train.optimizer;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Parameters with given values that are given gradients, as a backward walk would. */
public final class TestParameters implements AutoCloseable, AfterEachCallback {
  private final NDManager manager;
  private final TorchScript kernels;

  /** None yet. */
  public TestParameters() {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
    kernels =
        TorchScript.load(
            manager,
            new KernelSource(
                "sum", "def twin(x: Tensor) -> Tensor:\n  return torch.mul(x, 1.0)\n"));
  }

  /** Of all parameters. */
  public NDManager manager() {
    return manager;
  }

  /** A leaf. */
  public Parameter parameter(String name, float... values) {
    return new Parameter(name, Autograd.leaf(manager, manager.create(values).duplicate()));
  }

  /** A float16 leaf. */
  public Parameter half(String name, float... values) {
    return new Parameter(name, Autograd.leaf(manager, tensor(DataType.FLOAT16, values)));
  }

  private NDArray tensor(DataType type, float... values) {
    return manager.create(values).toType(type, false).duplicate();
  }

  /** Adds to a gradient. */
  public void give(Parameter parameter, float... gradient) {
    NDArray twin = Autograd.recording(() -> kernels.tensor(manager, "twin", parameter.tensor()));
    Autograd.backward(twin, tensor(twin.getDataType(), gradient));
  }

  /** A group of parameters. */
  public static RateGroup group(double rate, Parameter... parameters) {
    return new RateGroup("group", rate, List.of(parameters));
  }

  /** A test that registers them closes them. */
  @Override
  public void afterEach(ExtensionContext test) {
    close();
  }

  @Override
  public void close() {
    manager.close();
  }
}
