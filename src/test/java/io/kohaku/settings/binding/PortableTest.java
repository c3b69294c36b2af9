package io.kohaku.settings.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PortableTest {
  record Inner(Optional<String> name, Optional<Integer> count) implements Serializable {}

  record Outer(List<Inner> inners, double rate) implements Serializable {}

  @Test
  void optionalValuesTravelInRecordsAndLists() throws IOException, ClassNotFoundException {
    Outer outer =
        new Outer(
            List.of(
                new Inner(Optional.of("a"), Optional.empty()),
                new Inner(Optional.empty(), Optional.of(3))),
            0.5);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(Portable.of(outer));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(((Portable<?>) in.readObject()).value()).isEqualTo(outer);
    }
  }
}
