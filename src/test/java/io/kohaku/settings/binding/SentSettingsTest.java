package io.kohaku.settings.binding;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SentSettingsTest {
  record Inner(Optional<String> word, List<Optional<Integer>> numbers) implements Serializable {}

  record Outer(String name, Inner inner, Optional<Inner> none, double half, List<Inner> all)
      implements Serializable {}

  @Test
  void settingsArriveAsTheyWere() throws Exception {
    Inner inner = new Inner(Optional.of("word"), List.of(Optional.of(7), Optional.empty()));
    Outer outer = new Outer("name", inner, Optional.empty(), 0.5, List.of(inner));
    assertThat(arrived(SentSettings.of(outer)).settings()).isEqualTo(outer);
  }

  @Test
  void allSettingsCanBeSent() throws Exception {
    Settings settings = SettingsSource.read(List.of(), List.of()).settings();
    assertThat(arrived(SentSettings.of(settings)).settings()).isEqualTo(settings);
  }

  @SuppressWarnings("unchecked")
  private static <R extends Record> SentSettings<R> arrived(SentSettings<R> sent) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sent);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (SentSettings<R>) in.readObject();
    }
  }
}
