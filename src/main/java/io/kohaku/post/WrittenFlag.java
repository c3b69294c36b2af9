package io.kohaku.post;

import java.util.Locale;
import java.util.Optional;

/** True and false as tools write them: {@code true}, {@code "True"}, {@code "t"}, 1, 1.0. */
public final class WrittenFlag {
  private WrittenFlag() {}

  /** What a text says; false if it says that nothing is known, none if it is neither. */
  public static Optional<Boolean> of(String text) {
    return switch (text.trim().toLowerCase(Locale.ROOT)) {
      case "true", "t" -> Optional.of(true);
      case "false", "f" -> Optional.of(false);
      default -> ofNumber(text);
    };
  }

  private static Optional<Boolean> ofNumber(String text) {
    try {
      long number = WrittenNumber.whole(text, 0);
      return number == 0 || number == 1 ? Optional.of(number == 1) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
