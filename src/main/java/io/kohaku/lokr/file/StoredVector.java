package io.kohaku.lokr.file;

import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.shape.NormTensor;
import io.kohaku.lokr.stored.LayerParts;
import io.kohaku.lokr.stored.Part;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.tensor.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a file adds to a vector: to the gain of a norm, or to the bias of a norm or layer. It has no
 * alpha.
 *
 * @param module kohya's name of the norm or layer
 * @param target which of its vectors
 * @param tensor the file's tensor
 */
public record StoredVector(String module, NormTensor target, TensorInfo tensor) {
  private static final Pattern WITHOUT_BIAS =
      Pattern.compile(".*\\.attn[12]\\.to_[qkv]|text_projection");
  private static final Map<Part, NormTensor> TARGETS =
      Map.of(
          Part.NORM_GAIN, NormTensor.GAIN,
          Part.NORM_BIAS, NormTensor.BIAS,
          Part.DIFF, NormTensor.GAIN,
          Part.DIFF_BIAS, NormTensor.BIAS);

  /** The changes of vectors among these tensors. */
  static List<StoredVector> of(LayerParts parts) {
    List<StoredVector> vectors = new ArrayList<>();
    parts
        .tensors()
        .forEach(
            (part, info) -> {
              if (part.isVector(info)) {
                vectors.add(new StoredVector(parts.name(), TARGETS.get(part), info));
              }
            });
    if (vectors.stream().map(StoredVector::target).distinct().count() < vectors.size()) {
      throw new IllegalArgumentException(
          "Invalid norm %s: it is changed by w_norm or b_norm and by diff or diff_b at once"
              .formatted(parts.name()));
    }
    return vectors;
  }

  /** The name of the tensor as LyCORIS writes a norm's. */
  public String name() {
    return target.of(module);
  }

  /** Refuses a vector that is not there or of another width. */
  void requireFit(ModuleTensor changed) {
    AdaptableLayer module = changed.module();
    if (target == NormTensor.BIAS
        ? WITHOUT_BIAS.matcher(module.path()).matches()
        : !module.isNorm()) {
      throw new IllegalArgumentException(
          "Invalid tensor %s (%s has no such vector)".formatted(tensor, this.module));
    }
    long width = module.shape().get(0);
    if (!new Shape(tensor.shape()).equals(new Shape(width))) {
      throw new IllegalArgumentException(
          "Invalid tensor %s (must have %s numbers in one row)".formatted(tensor, width));
    }
  }
}
