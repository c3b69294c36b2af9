package io.kohaku.lokr.stored;

import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.NormTensor;
import io.kohaku.tensor.TensorInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The tensors of a stored layer, told by what their names end with. */
public enum Part {
  /** LoKr's small block. */
  LOKR_W1(LokrTensor.W1),
  /** Its left part. */
  LOKR_W1_A(LokrTensor.W1_A),
  /** Its right part. */
  LOKR_W1_B(LokrTensor.W1_B),
  /** LoKr's large block. */
  LOKR_W2(LokrTensor.W2),
  /** Its core. */
  LOKR_T2(LokrTensor.T2),
  /** Its left part. */
  LOKR_W2_A(LokrTensor.W2_A),
  /** Its right part. */
  LOKR_W2_B(LokrTensor.W2_B),
  /** LoRA's matrix into the outputs, [out, rank]: kohya's, PEFT's and Diffusers' endings. */
  UP(
      List.of(LayerKind.LORA),
      "lora_up.weight",
      "\\.lora_B(?:\\.([^.]+))?\\.weight|[._]lora(?:_linear_layer)?\\.up\\.weight"),
  /** LoRA's matrix from the inputs, [rank, in] or [rank, in, height, width]. */
  DOWN(
      List.of(LayerKind.LORA),
      "lora_down.weight",
      "\\.lora_A(?:\\.([^.]+))?\\.weight|[._]lora(?:_linear_layer)?\\.down\\.weight"),
  /** LoCon's core, [rank, rank, height, width]. */
  MID(List.of(LayerKind.LORA), "lora_mid.weight", ""),
  /** LoHa's first left part, [out, rank], with a core [rank, out]. */
  HADA_W1_A(List.of(LayerKind.LOHA), "hada_w1_a", ""),
  /** LoHa's first right part, [rank, in · kernel], with a core [rank, in]. */
  HADA_W1_B(List.of(LayerKind.LOHA), "hada_w1_b", ""),
  /** LoHa's second left part. */
  HADA_W2_A(List.of(LayerKind.LOHA), "hada_w2_a", ""),
  /** LoHa's second right part. */
  HADA_W2_B(List.of(LayerKind.LOHA), "hada_w2_b", ""),
  /** LoHa's first core, [rank, rank, height, width]. */
  HADA_T1(List.of(LayerKind.LOHA), "hada_t1", ""),
  /** LoHa's second core. */
  HADA_T2(List.of(LayerKind.LOHA), "hada_t2", ""),
  /** The difference of a weight, or of a norm's gain. */
  DIFF(List.of(LayerKind.FULL), "diff", ""),
  /** The difference of a bias. */
  DIFF_BIAS(List.of(), "diff_b", ""),
  /** What is added to a norm's gain. */
  NORM_GAIN(List.of(), NormTensor.GAIN.suffix(), ""),
  /** What is added to a norm's bias. */
  NORM_BIAS(List.of(), NormTensor.BIAS.suffix(), ""),
  /** The numerator of the scale. */
  ALPHA(List.of(), LokrTensor.ALPHA.suffix(), ""),
  /** Trained magnitudes, [out, 1, …] or [1, in, 1, …]. */
  MAGNITUDE(List.of(), LokrTensor.DORA_SCALE.suffix(), ""),
  /** PEFT's trained magnitudes, of the outputs always: [out] or [1, out, 1, 1]. */
  OUTPUT_MAGNITUDE(
      List.of(),
      "lora_magnitude_vector",
      "\\.lora_magnitude_vector(?:\\.(?!weight$)([^.]+))?(?:\\.weight)?"),
  /** One trained number. */
  SCALAR(List.of(), LokrTensor.SCALAR.suffix(), "");

  private final List<LayerKind> kinds;
  private final String suffix;
  private final Pattern name;

  Part(LokrTensor tensor) {
    this(List.of(LayerKind.LOKR), tensor.suffix(), "");
  }

  Part(List<LayerKind> kinds, String suffix, String others) {
    this.kinds = kinds;
    this.suffix = suffix;
    String own = "\\." + Pattern.quote(suffix);
    this.name = Pattern.compile("(.+?)(?:" + own + (others.isEmpty() ? "" : "|" + others) + ")");
  }

  /** The kind of layer that it makes its layer, if it is a block of one. */
  public Optional<LayerKind> kind() {
    return kinds.stream().findFirst();
  }

  /** Whether a tensor of this part is the change of a gain or bias, and no block. */
  public boolean isVector(TensorInfo info) {
    return switch (this) {
      case DIFF -> info.shape().length == 1;
      case DIFF_BIAS, NORM_GAIN, NORM_BIAS -> true;
      default -> false;
    };
  }

  /** Its name within the layer, as LyCORIS writes it. */
  public String suffix() {
    return suffix;
  }

  /**
   * A tensor's name that ends like one of this part: the layer's name, and PEFT's name of the
   * adapter where there may be one.
   */
  Pattern pattern() {
    return name;
  }

  /** The part that stores LoKr's tensor of this name as it is. */
  public static Part of(LokrTensor tensor) {
    return Arrays.stream(values())
        .filter(part -> part.suffix.equals(tensor.suffix()))
        .findFirst()
        .orElseThrow();
  }
}
