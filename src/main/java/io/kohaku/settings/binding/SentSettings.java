package io.kohaku.settings.binding;

import java.io.Serializable;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Settings on their way to an executor.
 *
 * <p>A record with an {@link Optional} component cannot be serialized, whatever it declares; so
 * what travels is the record's class and its components, taken apart and put together again.
 *
 * @param <R> the record
 */
public final class SentSettings<R extends Record> implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Taken taken;

  /** A record taken apart. */
  private record Taken(Class<?> type, List<Serializable> components) implements Serializable {}

  /** What an Optional held, or nothing. */
  private record Held(List<Serializable> values) implements Serializable {}

  private SentSettings(Taken taken) {
    this.taken = taken;
  }

  /** Takes settings apart. */
  public static <R extends Record> SentSettings<R> of(R settings) {
    return new SentSettings<>(takeRecord(settings));
  }

  /** The settings, put together again. */
  @SuppressWarnings("unchecked")
  public R settings() {
    return (R) put(taken);
  }

  private static Taken takeRecord(Record record) {
    ArrayList<Serializable> components = new ArrayList<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        components.add(take(component.getAccessor().invoke(record)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("Cannot send " + component + ": " + e.getMessage(), e);
      }
    }
    return new Taken(record.getClass(), components);
  }

  private static Serializable take(Object value) {
    if (value instanceof Optional<?> optional) {
      return new Held(new ArrayList<>(optional.stream().map(SentSettings::take).toList()));
    } else if (value instanceof Record record) {
      return takeRecord(record);
    } else if (value instanceof List<?> list) {
      return new ArrayList<>(list.stream().map(SentSettings::take).toList());
    }
    return (Serializable) value;
  }

  private static Object put(Object value) {
    if (value instanceof Held held) {
      return held.values().stream().map(SentSettings::put).findFirst();
    } else if (value instanceof Taken taken) {
      return putRecord(taken);
    } else if (value instanceof List<?> list) {
      return list.stream().map(SentSettings::put).toList();
    }
    return value;
  }

  private static Object putRecord(Taken taken) {
    Class<?>[] types =
        Arrays.stream(taken.type().getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      var constructor = taken.type().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(taken.components().stream().map(SentSettings::put).toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot rebuild " + taken.type() + ": " + e, e);
    }
  }
}
