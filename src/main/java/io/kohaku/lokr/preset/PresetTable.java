package io.kohaku.lokr.preset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One table of a preset, read with errors that name the file and the whole key. */
final class PresetTable {
  private final String source;
  private final String prefix;
  private final JsonNode table;

  PresetTable(String source, JsonNode table) {
    this(source, "", table);
  }

  private PresetTable(String source, String prefix, JsonNode table) {
    this.source = source;
    this.prefix = prefix;
    this.table = table;
  }

  void requireKnown(Collection<String> keys) {
    Iterator<String> names = table.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      if (!keys.contains(name)) {
        throw new IllegalArgumentException(
            "Unknown preset key: %s%s in %s (one of %s)"
                .formatted(prefix, name, source, String.join(", ", keys)));
      }
    }
  }

  void requireOneOf(String key, List<String> values) {
    if (has(key) && !values.contains(table.get(key).asText())) {
      throw new IllegalArgumentException(
          "Unknown algorithm: %s at %s%s in %s (one of %s)"
              .formatted(table.get(key).asText(), prefix, key, source, String.join(", ", values)));
    }
  }

  boolean has(String key) {
    return table.has(key);
  }

  boolean flag(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    require(key, table.get(key).isBoolean(), "true or false");
    return table.get(key).asBoolean();
  }

  /** A whole number of this range; 0 if absent. */
  long whole(String key, long least, long greatest) {
    if (!has(key)) {
      return 0;
    }
    JsonNode value = table.get(key);
    boolean whole = value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
    require(key, whole, "a whole number");
    long number = value.isIntegralNumber() ? value.longValue() : (long) value.doubleValue();
    boolean fits = value.canConvertToLong() && number >= least && number <= greatest && number != 0;
    require(key, fits, least < 0 ? "-1 or at least 1" : "at least 1");
    return number;
  }

  /** A number above 0; 0 if absent. */
  double number(String key) {
    if (!has(key)) {
      return 0;
    }
    JsonNode value = table.get(key);
    require(key, value.isNumber() && Double.isFinite(value.doubleValue()), "a finite number");
    require(key, value.doubleValue() >= 0, "at least 0");
    return value.doubleValue();
  }

  List<String> texts(String key, List<String> absent) {
    if (!has(key)) {
      return absent;
    }
    List<String> texts = new ArrayList<>();
    require(key, table.get(key).isArray(), "a list of texts");
    for (JsonNode text : table.get(key)) {
      require(key, text.isTextual(), "a list of texts");
      texts.add(text.asText());
    }
    return texts;
  }

  Map<String, PresetTable> tables(String key) {
    Map<String, PresetTable> tables = new LinkedHashMap<>();
    if (has(key)) {
      require(key, table.get(key).isObject(), "a table of tables");
      Iterator<Map.Entry<String, JsonNode>> fields = table.get(key).fields();
      while (fields.hasNext()) {
        Map.Entry<String, JsonNode> field = fields.next();
        require(key + "." + field.getKey(), field.getValue().isObject(), "a table");
        tables.put(
            field.getKey(),
            new PresetTable(source, prefix + key + "." + field.getKey() + ".", field.getValue()));
      }
    }
    return tables;
  }

  private void require(String key, boolean holds, String rule) {
    if (!holds) {
      String[] names = key.split("\\.", 2);
      JsonNode value = names.length == 1 ? table.get(key) : table.get(names[0]).get(names[1]);
      throw new IllegalArgumentException(
          "Invalid %s%s: %s in %s (%s)".formatted(prefix, key, value, source, rule));
    }
  }
}
