package io.kohaku.lokr.stored;

import java.util.Optional;
import java.util.regex.Matcher;

/**
 * The name of a tensor in an adapter.
 *
 * @param layer what the file calls the layer
 * @param part which of its tensors it is
 * @param adapter what PEFT calls the adapter, where the name says it
 */
public record PartName(String layer, Part part, Optional<String> adapter) {
  /** A tensor's name, if adapters that are read here have such tensors. */
  public static Optional<PartName> of(String tensor) {
    for (Part part : Part.values()) {
      Matcher matcher = part.pattern().matcher(tensor);
      if (matcher.matches()) {
        String adapter = matcher.groupCount() > 1 ? matcher.group(2) : null;
        return Optional.of(new PartName(matcher.group(1), part, Optional.ofNullable(adapter)));
      }
    }
    return Optional.empty();
  }
}
