package io.kohaku.lokr.stored;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.number.HalfFloat;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.Autograd;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The alphas of a file, in its tensors or beside them. */
public final class StoredAlphas {
  private final SafeTensors file;
  private Optional<PeftScale> beside;

  public StoredAlphas(SafeTensors file) {
    this.file = file;
  }

  /** The alpha of a layer, if it has one; 0 stands for none, as in LyCORIS. */
  public Optional<Double> of(LayerParts parts) {
    if (parts.has(Part.ALPHA)) {
      return Optional.of(number(parts.info(Part.ALPHA))).filter(alpha -> alpha != 0);
    }
    Optional<LokrForm> form = LokrForm.of(parts, Optional.empty());
    return form.filter(StoredAlphas::isOfPeft).flatMap(this::besideTensors);
  }

  /** Only dotted names are PEFT's. */
  private static boolean isOfPeft(LokrForm form) {
    return form.kind() != LayerKind.FULL && written(form).contains(".");
  }

  private Optional<Double> besideTensors(LokrForm form) {
    if (beside == null) {
      beside = PeftScale.of(file.file(), file.metadata());
    }
    if (form.rank() > 0) {
      return beside.flatMap(scale -> scale.alpha(written(form), form.rank()));
    }
    beside
        .flatMap(scale -> scale.factor(written(form)))
        .filter(factor -> factor != 1)
        .ifPresent(
            factor -> {
              throw new IllegalArgumentException(
                  "PEFT multiplies its whole blocks by %s, which no other program does (merge it with PEFT)"
                      .formatted(factor));
            });
    return Optional.empty();
  }

  /** What the file itself calls the layer. */
  private static String written(LokrForm form) {
    String tensor = form.parts().info(form.shown().get(0)).name();
    return PartName.of(tensor).map(PartName::layer).orElse(tensor);
  }

  private double number(TensorInfo info) {
    if (info.elements() != 1) {
      throw new IllegalArgumentException("Invalid tensor %s (must be one number)".formatted(info));
    }
    ByteBuffer bytes = file.bytes(info.name());
    return switch (info.dtype()) {
      case F64 -> bytes.getDouble(0);
      case F32 -> bytes.getFloat(0);
      case F16 -> HalfFloat.decode(bytes.getShort(0));
      case BF16 -> Float.intBitsToFloat(bytes.getShort(0) << 16);
      case I64 -> bytes.getLong(0);
      case I32 -> bytes.getInt(0);
      default -> computed(info.name());
    };
  }

  /** Of formats that Java has no number for. */
  private double computed(String name) {
    try (NDManager manager = Natives.manager(Device.cpu())) {
      return Autograd.paused(() -> (double) file.read(manager, name, Dtype.F32).getFloat());
    }
  }
}
