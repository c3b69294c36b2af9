package io.kohaku.settings.binding;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Turns one HOCON value into one Java value of a given type. */
final class ValueBinder {
  private final String key;
  private final Problems problems;
  private final RecipePath paths;

  ValueBinder(String key, Problems problems, RecipePath paths) {
    this.key = key;
    this.problems = problems;
    this.paths = paths;
  }

  /** The value, or null if a problem was noted; a null value is allowed for an Optional only. */
  Object bind(ConfigValue value, Type type, AnnotatedElement annotations) {
    if (type instanceof ParameterizedType generic) {
      return generic(value, generic, annotations);
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isRecord()) {
      return value instanceof ConfigObject object
          ? RecordBinder.bind(object, plain, problems.under(key), paths)
          : wrong(value, "must be a section in braces");
    }
    if (plain.isEnum()) {
      return constant(value, plain);
    }
    return scalar(value, plain, annotations);
  }

  private Object generic(ConfigValue value, ParameterizedType type, AnnotatedElement annotations) {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == Optional.class) {
      return value == null
          ? Optional.empty()
          : Optional.ofNullable(bind(value, arguments[0], annotations));
    }
    if (type.getRawType() == List.class) {
      return list(value, arguments[0], annotations);
    }
    if (type.getRawType() == Map.class && value instanceof ConfigObject object) {
      return map(object, arguments[1], annotations);
    }
    return wrong(value, "must be a section in braces");
  }

  private Object list(ConfigValue value, Type element, AnnotatedElement annotations) {
    if (!(value instanceof ConfigList values)) {
      return wrong(value, "must be a list in brackets");
    }
    List<Object> bound = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      bound.add(
          new ValueBinder(key + "[" + i + "]", problems, paths)
              .bind(values.get(i), element, annotations));
    }
    return bound.contains(null) ? null : List.copyOf(bound);
  }

  private Object map(ConfigObject object, Type element, AnnotatedElement annotations) {
    Map<String, Object> bound = new LinkedHashMap<>();
    for (String name : new TreeSet<>(object.keySet())) {
      ValueBinder binder = new ValueBinder(key + "." + name, problems, paths);
      bound.put(name, binder.bind(object.get(name), element, annotations));
    }
    return bound.containsValue(null) ? null : bound;
  }

  private Object constant(ConfigValue value, Class<?> type) {
    Object[] constants = type.getEnumConstants();
    for (Object constant : constants) {
      if (KeyName.ofConstant((Enum<?>) constant).equals(value.unwrapped())) {
        return constant;
      }
    }
    String names =
        Arrays.stream(constants)
            .map(constant -> KeyName.ofConstant((Enum<?>) constant))
            .collect(Collectors.joining(", "));
    problems.unknownValue(
        key, value.unwrapped(), value.render(ConfigRenderOptions.concise()), names);
    return null;
  }

  private Object scalar(ConfigValue value, Class<?> type, AnnotatedElement annotations) {
    Config holder = value.atKey("value");
    try {
      if (type == String.class) {
        return value.valueType() == ConfigValueType.LIST
            ? list(value)
            : text(value, holder.getString("value"), annotations);
      } else if (type == int.class || type == Integer.class) {
        return holder.getInt("value");
      } else if (type == long.class || type == Long.class) {
        return annotations.isAnnotationPresent(Bytes.class)
            ? holder.getBytes("value")
            : holder.getLong("value");
      } else if (type == double.class || type == Double.class) {
        return holder.getDouble("value");
      } else if (type == boolean.class || type == Boolean.class) {
        return holder.getBoolean("value");
      } else if (type == Duration.class) {
        return holder.getDuration("value");
      }
    } catch (ConfigException e) {
      return wrong(value, "must be " + describe(type, annotations));
    }
    throw new IllegalStateException("Unknown type of setting " + key + ": " + type);
  }

  private String text(ConfigValue value, String text, AnnotatedElement annotations) {
    Place place = annotations.getAnnotation(Place.class);
    return place == null ? text : paths.find(value, text, place);
  }

  private Object list(ConfigValue value) {
    return wrong(value, "must be one text");
  }

  private static String describe(Class<?> type, AnnotatedElement annotations) {
    if (type == String.class) {
      return "a text";
    } else if (annotations.isAnnotationPresent(Bytes.class)) {
      return "a number of bytes, such as 64 MiB";
    } else if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    } else if (type == Duration.class) {
      return "a duration, such as 30s";
    } else if (type == double.class || type == Double.class) {
      return "a number";
    }
    return "a whole number";
  }

  private Object wrong(ConfigValue value, String rule) {
    problems.add(key, value.render(ConfigRenderOptions.concise()), rule);
    return null;
  }
}
