package io.kohaku.lokr.stored;

import io.kohaku.tensor.TensorInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The tensors of an adapter's file by layer.
 *
 * @param layers what there is of each layer and norm, in the file's order
 * @param aside tensors that change no layer: words that are trained along
 */
public record StoredTensors(List<LayerParts> layers, List<String> aside) {
  private static final Pattern WORDS = Pattern.compile("bundle_emb\\..*|.*\\.(?:clip_[lg])");

  /** Copies the lists. */
  public StoredTensors {
    layers = List.copyOf(layers);
    aside = List.copyOf(aside);
  }

  /**
   * Sorts tensors by layer.
   *
   * @throws IllegalArgumentException naming a tensor that no kind has, that is there under two
   *     names, or that is quantised
   */
  public static StoredTensors of(Collection<TensorInfo> tensors) {
    Map<String, Map<Part, TensorInfo>> layers = new LinkedHashMap<>();
    Set<String> adapters = new TreeSet<>();
    List<String> aside = new ArrayList<>();
    for (TensorInfo info : tensors) {
      if (WORDS.matcher(info.name()).matches()) {
        aside.add(info.name());
      } else {
        PartName name = name(info);
        name.adapter().ifPresent(adapters::add);
        add(layers, name, info);
      }
    }
    if (adapters.size() > 1) {
      throw new IllegalArgumentException(
          "it holds several adapters, %s (save each to a file of its own)"
              .formatted(String.join(" and ", adapters)));
    }
    List<LayerParts> parts = new ArrayList<>();
    layers.forEach((name, own) -> parts.add(new LayerParts(name, own)));
    return new StoredTensors(parts, aside);
  }

  private static PartName name(TensorInfo info) {
    PartName name =
        PartName.of(info.name())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Unknown tensor: %s (no layer of LoKr, LoRA, LoHa or full and no norm has it)"
                            .formatted(info.name())));
    if (!info.dtype().isFloating() && name.part() != Part.ALPHA) {
      throw new IllegalArgumentException("Invalid tensor %s (quantised)".formatted(info));
    }
    return name;
  }

  private static void add(
      Map<String, Map<Part, TensorInfo>> layers, PartName name, TensorInfo info) {
    String layer = LayerNames.kohya(name.layer()).orElse(name.layer());
    TensorInfo other =
        layers.computeIfAbsent(layer, own -> new EnumMap<>(Part.class)).put(name.part(), info);
    if (other != null) {
      throw new IllegalArgumentException(
          "Invalid tensor %s: %s is the same (one name each)".formatted(info.name(), other.name()));
    }
  }
}
