package io.kohaku.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CloserTest {
  private static final int STEPS = 4;

  private final List<String> closed = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void whatWasOpenedBeforeAFailureIsClosedOnceTheLastFirst(int failing) {
    assertThatThrownBy(() -> open(failing)).hasMessage("no " + failing).hasNoSuppressedExceptions();
    List<String> expected = new ArrayList<>();
    for (int step = failing - 1; step >= 0; step--) {
      expected.add("resource " + step);
    }
    assertThat(closed).isEqualTo(expected);
  }

  @Test
  void whatIsHandedOverStaysOpenUntilTheHeirCloses() throws IOException {
    Closer heir = open(STEPS);
    assertThat(closed).isEmpty();
    heir.close();
    assertThat(closed).containsExactly("resource 3", "resource 2", "resource 1", "resource 0");
    heir.close();
    assertThat(closed).hasSize(STEPS);
  }

  @Test
  void oneFailingCloseKeepsNoOtherOpen() {
    Closer closer = new Closer();
    closer.add(new Resource("first"));
    closer.add(failing("second", new IOException("disk")));
    closer.add(new Resource("third"));
    closer.add(failing("fourth", new UnsatisfiedLinkError("device")));
    closer.add(new Resource("fifth"));
    assertThatThrownBy(closer::close)
        .isInstanceOf(UnsatisfiedLinkError.class)
        .hasMessage("device")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("disk"));
    assertThat(closed).containsExactly("fifth", "fourth", "third", "second", "first");
  }

  @Test
  void aFailingCloseIsSuppressedInWhatFailedBefore() {
    assertThatThrownBy(
            () -> {
              try (Closer closer = new Closer()) {
                closer.add(failing("resource", new IOException("disk")));
                throw new IOException("opening");
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("opening")
        .satisfies(
            e ->
                assertThat(e.getSuppressed()[0])
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessage("disk"));
  }

  @Test
  void anInterruptedCloseKeepsTheInterrupt() {
    assertThatThrownBy(() -> Closer.close(List.of(failing("a", new InterruptedException("now")))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot close: now");
    assertThat(Thread.interrupted()).isTrue();
  }

  private Closer open(int failing) throws IOException {
    try (Closer opening = new Closer()) {
      for (int step = 0; step < STEPS; step++) {
        if (step == failing) {
          throw new IOException("no " + step);
        }
        opening.add(new Resource("resource " + step));
      }
      return opening.release();
    }
  }

  private AutoCloseable failing(String name, Throwable failure) {
    return () -> {
      closed.add(name);
      if (failure instanceof Error error) {
        throw error;
      }
      throw (Exception) failure;
    };
  }

  private final class Resource implements AutoCloseable {
    private final String name;

    Resource(String name) {
      this.name = name;
    }

    @Override
    public void close() {
      closed.add(name);
    }
  }
}
