package io.kohaku.lokr.stored;

import java.util.Optional;
import java.util.regex.Matcher;

/**
 * The name of a tensor in an adapter.
 *
 * @param layer what the file calls the layer
 * @param part which of its tensors it is
 */
public record PartName(String layer, Part part) {
  /** A tensor's name, if adapters that are read here have such tensors. */
  public static Optional<PartName> of(String tensor) {
    for (Part part : Part.values()) {
      Matcher matcher = part.pattern().matcher(tensor);
      if (matcher.matches()) {
        return Optional.of(new PartName(matcher.group(1), part));
      }
    }
    return Optional.empty();
  }
}
