package io.kohaku.tensor.script;

import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The pickle, protocol 2, of one TorchScript object whose attributes are dicts of tensors.
 *
 * <p>An element names the entry of the archive that holds its bytes; all are contiguous, row-major
 * and without gradient.
 */
final class ModulePickle {
  private static final int PROTOCOL = 0x80;
  private static final int NEW_OBJECT = 0x81;
  private static final int LONG = 0x8a;
  private static final int FALSE = 0x89;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private boolean attributes;

  /** An instance of {@code __torch__.<className>}. */
  ModulePickle(String className) {
    op(PROTOCOL, 2);
    global("__torch__", className);
    op(')', NEW_OBJECT, '}');
  }

  /**
   * Adds an attribute of type {@code Dict[str, Tensor]}.
   *
   * @param tensors what the dict holds, in order
   * @param firstEntry number of the entry that holds the first tensor; the next ones count up
   */
  ModulePickle dict(String name, List<TensorSource> tensors, int firstEntry) {
    if (!attributes) {
      op('(');
      attributes = true;
    }
    text(name);
    global("torch.jit._pickle", "restore_type_tag");
    op('(', '}', '(');
    for (int i = 0; i < tensors.size(); i++) {
      text(tensors.get(i).name());
      tensor(tensors.get(i), firstEntry + i);
    }
    op('u');
    text("Dict[str, Tensor]");
    op('t', 'R');
    return this;
  }

  /** The pickle. */
  byte[] finish() {
    if (attributes) {
      op('u');
    }
    op('b', '.');
    return out.toByteArray();
  }

  private void tensor(TensorSource tensor, int entry) {
    long[] shape = tensor.shape();
    global("torch._utils", "_rebuild_tensor_v2");
    op('(', '(');
    text("storage");
    global("torch", storage(tensor.dtype()));
    text(Integer.toString(entry));
    text("cpu");
    number(TensorInfo.elements(shape));
    op('t', 'Q');
    number(0);
    numbers(shape);
    numbers(strides(shape));
    op(FALSE);
    global("collections", "OrderedDict");
    op(')', 'R', 't', 'R');
  }

  private static String storage(Dtype dtype) {
    return switch (dtype) {
      case F32 -> "FloatStorage";
      case F16 -> "HalfStorage";
      case BF16 -> "BFloat16Storage";
      default ->
          throw new IllegalArgumentException(
              "Invalid dtype: " + dtype + " (weights of a module are F32, BF16 or F16)");
    };
  }

  private static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step = Math.multiplyExact(step, shape[i]);
    }
    return strides;
  }

  private void numbers(long[] values) {
    op('(');
    for (long value : values) {
      number(value);
    }
    op('t');
  }

  private void number(long value) {
    if (value == (int) value) {
      op('J');
      out.writeBytes(little(Integer.BYTES).putInt(0, (int) value).array());
    } else {
      op(LONG, Long.BYTES);
      out.writeBytes(little(Long.BYTES).putLong(0, value).array());
    }
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    op('X');
    out.writeBytes(little(Integer.BYTES).putInt(0, bytes.length).array());
    out.writeBytes(bytes);
  }

  private void global(String module, String name) {
    out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void op(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
  }
}
