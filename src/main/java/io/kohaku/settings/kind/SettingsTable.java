package io.kohaku.settings.kind;

import io.kohaku.settings.binding.KeyName;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All settings that there are, as the records declare them. */
public final class SettingsTable {
  private SettingsTable() {}

  /**
   * One setting.
   *
   * @param key as in files, for example {@code train.micro-batch}; {@code []} stands for any
   *     element of a list
   * @param kind empty if nothing marks it, which is a mistake
   */
  public record Entry(String key, Optional<Kind> kind) {}

  /** The settings of a record and the records in it, in the order of their declaration. */
  public static List<Entry> of(Class<? extends Record> settings) {
    List<Entry> entries = new ArrayList<>();
    collect("", settings, Optional.empty(), entries);
    return entries;
  }

  private static void collect(
      String prefix, Class<?> record, Optional<Kind> around, List<Entry> entries) {
    for (RecordComponent component : record.getRecordComponents()) {
      String key = prefix + KeyName.ofComponent(component.getName());
      Optional<Kind> kind = Kind.of(component, around);
      Optional<Class<?>> element = element(component.getGenericType());
      if (component.getType().isRecord()) {
        collect(key + ".", component.getType(), kind, entries);
      } else if (element.isPresent()) {
        collect(key + "[].", element.get(), kind, entries);
      } else {
        entries.add(new Entry(key, kind));
      }
    }
  }

  /** The record that a list holds. */
  private static Optional<Class<?>> element(Type type) {
    return type instanceof ParameterizedType generic
            && generic.getRawType() == List.class
            && generic.getActualTypeArguments()[0] instanceof Class<?> element
            && element.isRecord()
        ? Optional.of(element)
        : Optional.empty();
  }
}
