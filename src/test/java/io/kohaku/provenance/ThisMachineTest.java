package io.kohaku.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ThisMachineTest {
  @Test
  void namesItselfByBootAndNameSpace() {
    assertThat(ThisMachine.host()).isNotBlank();
    assertThat(ThisMachine.identity())
        .matches("[0-9a-f-]{36} pid:\\[\\d+]")
        .isEqualTo(ThisMachine.identity());
  }

  @Test
  void processesThatBeganOneAfterAnotherAreToldApart() throws Exception {
    long self = ProcessHandle.current().pid();
    Optional<String> start = ThisMachine.start(self);
    assertThat(start).isPresent().isEqualTo(ThisMachine.start(self));
    Process later = new ProcessBuilder("sleep", "60").start();
    try {
      assertThat(Long.parseLong(ThisMachine.start(later.pid()).orElseThrow()))
          .isGreaterThan(Long.parseLong(start.orElseThrow()));
    } finally {
      later.destroyForcibly().waitFor();
    }
    assertThat(ThisMachine.start(later.pid())).isEmpty();
  }

  /** The remains of a process whose parent, here another program by then, never asks for it. */
  @Test
  void remainsOfAProcessDoNotRun() throws Exception {
    Process parent = new ProcessBuilder("sh", "-c", "true & exec sleep 60").start();
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      Optional<Path> remains = remains(parent);
      while (remains.isEmpty()) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        Thread.sleep(5);
        remains = remains(parent);
      }
      long pid = Long.parseLong(remains.get().getParent().getFileName().toString());
      assertThat(ThisMachine.start(pid)).isEmpty();
      assertThat(remains.get()).exists();
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  private static Optional<Path> remains(Process parent) throws IOException {
    try (Stream<ProcessHandle> children = parent.children()) {
      for (ProcessHandle child : children.toList()) {
        Path stat = Path.of("/proc", Long.toString(child.pid()), "stat");
        if (Files.readString(stat).contains(") Z ")) {
          return Optional.of(stat);
        }
      }
    }
    return Optional.empty();
  }
}
