package io.kohaku.tensor.script;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import io.kohaku.ownership.Closer;
import io.kohaku.tensor.Dtype;
import java.util.ArrayList;
import java.util.List;

/** Java values as TorchScript values for the time of one call. */
final class Arguments implements AutoCloseable {
  private final long[] handles;
  private final List<IValue> ours;

  Arguments(Object[] arguments) {
    this.handles = new long[arguments.length];
    this.ours = new ArrayList<>(arguments.length);
    try {
      for (int i = 0; i < arguments.length; i++) {
        handles[i] = handle(arguments[i], i);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  long[] handles() {
    return handles;
  }

  /** Dicts and None live on; everything else is made for this call. */
  private long handle(Object argument, int position) {
    if (argument == null) {
      return Dicts.NONE.getHandle();
    }
    if (argument instanceof TensorDict dict) {
      return dict.handle();
    }
    if (argument instanceof Scalars scalars) {
      return scalars.handle();
    }
    IValue value = convert(argument, position);
    ours.add(value);
    return value.getHandle();
  }

  private static IValue convert(Object argument, int position) {
    if (argument instanceof NDArray array) {
      return IValue.from((PtNDArray) array);
    } else if (argument instanceof Long || argument instanceof Integer) {
      return IValue.from(((Number) argument).longValue());
    } else if (argument instanceof Double || argument instanceof Float) {
      return IValue.from(((Number) argument).doubleValue());
    } else if (argument instanceof Boolean flag) {
      return IValue.from(flag.booleanValue());
    } else if (argument instanceof String text) {
      return IValue.from(text);
    } else if (argument instanceof Device device) {
      return IValue.from(device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu");
    } else if (argument instanceof Dtype dtype) {
      return IValue.from((long) dtype.code());
    } else if (argument instanceof long[] numbers) {
      return IValue.listFrom(numbers);
    } else if (argument instanceof double[] numbers) {
      return IValue.listFrom(numbers);
    } else if (argument instanceof List<?> list) {
      return IValue.listFrom(list.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
    }
    throw new IllegalArgumentException(
        "Invalid argument %s: %s (a kernel takes tensors, lists of tensors, numbers, booleans, texts, dicts or null)"
            .formatted(position, argument.getClass().getName()));
  }

  @Override
  public void close() {
    Closer.close(ours);
  }
}
