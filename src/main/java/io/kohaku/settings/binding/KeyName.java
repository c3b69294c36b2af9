package io.kohaku.settings.binding;

import java.util.Locale;

/** How names in Java and keys in files correspond: {@code maxSide} is {@code max-side}. */
public final class KeyName {
  private KeyName() {}

  /** The key of a record component. */
  public static String ofComponent(String name) {
    StringBuilder key = new StringBuilder();
    for (char c : name.toCharArray()) {
      if (Character.isUpperCase(c)) {
        key.append('-').append(Character.toLowerCase(c));
      } else {
        key.append(c);
      }
    }
    return key.toString();
  }

  /** The value that stands for an enumeration's constant. */
  public static String ofConstant(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
