package io.kohaku.settings.binding;

import java.util.Locale;

/** How names in Java and keys in files correspond: {@code maxSide} is {@code max-side}. */
final class KeyName {
  private KeyName() {}

  static String ofComponent(String name) {
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

  static String ofConstant(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
