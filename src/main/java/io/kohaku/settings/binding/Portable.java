package io.kohaku.settings.binding;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Optional;

/**
 * Carries a record of settings to another process.
 *
 * <p>{@code Optional} is not serializable, and records cannot say how they are written; so what is
 * written in place of each optional value turns back into it when read.
 *
 * @param <T> a record of settings
 */
public final class Portable<T extends Serializable> implements Serializable {
  private static final long serialVersionUID = 1L;

  private transient T value;

  private Portable(T value) {
    this.value = value;
  }

  /** The settings, ready to travel. */
  public static <T extends Serializable> Portable<T> of(T value) {
    return new Portable<>(value);
  }

  /** The settings, wherever this is. */
  public T value() {
    return value;
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OptionalWriter writer = new OptionalWriter(bytes)) {
      writer.writeObject(value);
    }
    out.writeObject(bytes.toByteArray());
  }

  @SuppressWarnings("unchecked")
  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    byte[] bytes = (byte[]) in.readObject();
    try (ObjectInputStream reader = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      value = (T) reader.readObject();
    }
  }

  private static final class OptionalWriter extends ObjectOutputStream {
    OptionalWriter(OutputStream out) throws IOException {
      super(out);
      enableReplaceObject(true);
    }

    @Override
    protected Object replaceObject(Object object) {
      return object instanceof Optional<?> optional
          ? new WrittenOptional((Serializable) optional.orElse(null))
          : object;
    }
  }

  private record WrittenOptional(Serializable content) implements Serializable {
    private Object readResolve() {
      return Optional.ofNullable(content);
    }
  }
}
