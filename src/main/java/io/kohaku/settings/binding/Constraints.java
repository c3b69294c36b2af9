package io.kohaku.settings.binding;

import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks one value against the annotations of its record component. */
final class Constraints {
  private Constraints() {}

  static void check(AnnotatedElement component, String key, Object value, Problems problems) {
    if (value instanceof Optional<?> optional) {
      optional.ifPresent(present -> check(component, key, present, problems));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        check(component, key + "[" + i + "]", list.get(i), problems);
      }
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((name, element) -> check(component, key + "." + name, element, problems));
    } else if (value instanceof Number number) {
      range(component.getAnnotation(Range.class), key, number, problems);
    } else if (value instanceof String text) {
      text(component, key, text, problems);
    }
  }

  private static void range(Range range, String key, Number value, Problems problems) {
    if (!Double.isFinite(value.doubleValue())) {
      problems.add(key, value, "must be a number that is finite");
      return;
    }
    boolean inside =
        range == null || (value.doubleValue() >= range.min() && value.doubleValue() <= range.max());
    if (inside) {
      return;
    }
    if (range.max() == Double.POSITIVE_INFINITY) {
      problems.add(key, value, "must be at least " + plain(range.min()));
    } else if (range.min() == Double.NEGATIVE_INFINITY) {
      problems.add(key, value, "must be at most " + plain(range.max()));
    } else {
      problems.add(
          key, value, "must be between " + plain(range.min()) + " and " + plain(range.max()));
    }
  }

  private static String plain(double bound) {
    return bound == Math.rint(bound) && Math.abs(bound) < 1e15
        ? Long.toString((long) bound)
        : Double.toString(bound);
  }

  private static void text(
      AnnotatedElement component, String key, String value, Problems problems) {
    if (component.isAnnotationPresent(NotBlank.class) && value.isBlank()) {
      problems.add(key, "\"\"", "must not be empty");
    }
    OneOf choice = component.getAnnotation(OneOf.class);
    if (choice != null && !List.of(choice.value()).contains(value)) {
      problems.add(key, value, "one of " + String.join(", ", choice.value()));
    }
  }
}
