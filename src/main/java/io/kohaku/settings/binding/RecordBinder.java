package io.kohaku.settings.binding;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Turns one HOCON object into one record and notes everything that does not fit. */
public final class RecordBinder {
  private RecordBinder() {}

  /** The record, or null if a problem was noted. */
  public static <R> R bind(ConfigObject object, Class<R> type, Problems problems) {
    return bind(object, type, problems, RecipePath.of(object));
  }

  static <R> R bind(ConfigObject object, Class<R> type, Problems problems, RecipePath paths) {
    RecordComponent[] components = type.getRecordComponents();
    int before = problems.messages().size();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = component(object, components[i], problems, paths);
    }
    noteUnknown(object, components, problems);
    if (problems.messages().size() > before) {
      return null;
    }
    R record = construct(type, components, values, problems);
    if (record instanceof Checked checked) {
      checked.check(problems);
    }
    return record;
  }

  private static Object component(
      ConfigObject object, RecordComponent component, Problems problems, RecipePath paths) {
    String key = KeyName.ofComponent(component.getName());
    ConfigValue value = object.get(key);
    boolean optional = component.getType() == Optional.class;
    boolean absent = value == null || value.valueType() == ConfigValueType.NULL;
    if (absent && !optional) {
      problems.missing(key);
      return null;
    }
    Object bound =
        new ValueBinder(key, problems, paths)
            .bind(absent ? null : value, component.getGenericType(), component);
    if (bound != null) {
      Constraints.check(component, key, bound, problems);
    }
    return bound;
  }

  private static void noteUnknown(
      ConfigObject object, RecordComponent[] components, Problems problems) {
    List<String> known =
        Arrays.stream(components).map(c -> KeyName.ofComponent(c.getName())).toList();
    for (String key : new ArrayList<>(object.keySet())) {
      if (!known.contains(key)) {
        problems.unknown(key, known);
      }
    }
  }

  private static <R> R construct(
      Class<R> type, RecordComponent[] components, Object[] values, Problems problems) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      problems.add(KeyName.ofComponent(type.getSimpleName()), "…", e.getCause().getMessage());
      return null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot construct " + type + ": " + e.getMessage(), e);
    }
  }
}
