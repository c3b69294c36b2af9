package io.kohaku.settings.kind;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.settings.binding.KeyName;
import io.kohaku.settings.binding.Redaction;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The values of settings as they were bound, each written in one way: {@code 128 MiB} and {@code
 * 134217728} are the same number, {@code 1} and {@code 1.0} too where a setting is a real number.
 */
public final class SettingsValues {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private SettingsValues() {}

  /** Every value by key; a list is one value. Users and passwords of URIs are left out. */
  public static SortedMap<String, JsonNode> all(Record settings) {
    SortedMap<String, JsonNode> values = new TreeMap<>();
    collect("", settings, Optional.of(Kind.WHAT), kind -> true, values);
    return values;
  }

  /** The values of those settings that decide a result. */
  public static SortedMap<String, JsonNode> deciding(Record settings) {
    SortedMap<String, JsonNode> values = new TreeMap<>();
    collect("", settings, Optional.empty(), Optional.of(Kind.WHAT)::equals, values);
    return values;
  }

  private static void collect(
      String prefix,
      Record record,
      Optional<Kind> around,
      Predicate<Optional<Kind>> wanted,
      Map<String, JsonNode> values) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      String key = prefix + KeyName.ofComponent(component.getName());
      Optional<Kind> kind = Kind.of(component, around);
      Object value = value(record, component);
      if (value instanceof Record section) {
        collect(key + ".", section, kind, wanted, values);
      } else if (wanted.test(kind)) {
        values.put(key, json(value, wanted));
      }
    }
  }

  private static Object value(Record record, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read setting " + component + ": " + e, e);
    }
  }

  private static JsonNode json(Object value, Predicate<Optional<Kind>> wanted) {
    if (value instanceof Optional<?> optional) {
      return optional.isEmpty() ? JSON.nullNode() : json(optional.get(), wanted);
    } else if (value instanceof List<?> list) {
      ArrayNode array = JSON.arrayNode();
      list.forEach(element -> array.add(json(element, wanted)));
      return array;
    } else if (value instanceof Map<?, ?> map) {
      ObjectNode object = JSON.objectNode();
      new TreeMap<>(map).forEach((key, element) -> object.set((String) key, json(element, wanted)));
      return object;
    } else if (value instanceof Record record) {
      TreeMap<String, JsonNode> values = new TreeMap<>();
      collect("", record, Optional.of(Kind.WHAT), wanted, values);
      ObjectNode object = JSON.objectNode();
      values.forEach(object::set);
      return object;
    }
    return scalar(value);
  }

  private static JsonNode scalar(Object value) {
    if (value instanceof Boolean truth) {
      return JSON.booleanNode(truth);
    } else if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      // As a number is read again from a file.
      return number == (int) number ? JSON.numberNode((int) number) : JSON.numberNode(number);
    } else if (value instanceof Double number) {
      return JSON.numberNode(number);
    } else if (value instanceof Enum<?> constant) {
      return JSON.textNode(KeyName.ofConstant(constant));
    } else if (value instanceof Duration duration) {
      return JSON.textNode(duration.toMillis() + "ms");
    } else if (value instanceof String text) {
      return JSON.textNode(Redaction.of(text));
    }
    throw new IllegalStateException("Unknown type of setting: " + value.getClass());
  }
}
