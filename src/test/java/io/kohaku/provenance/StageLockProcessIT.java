package io.kohaku.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One folder and two processes, of which one ends well or is killed. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StageLockProcessIT {
  @TempDir Path temporary;
  private LockSite site;
  private Process other;

  @BeforeEach
  void letAnotherProcessTakeIt() throws IOException {
    site = new LockSite(temporary.resolve("train"));
    other = start();
    assertThat(firstLine(other)).isEqualTo(LockProgram.HELD);
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            LockProgram.class.getName(),
            site.folder().toString())
        .redirectErrorStream(true)
        .start();
  }

  /** What it says after what loggers say while they start. */
  private static String firstLine(Process process) throws IOException {
    BufferedReader lines = process.inputReader();
    String line = lines.readLine();
    while (line != null && !line.equals(LockProgram.HELD) && !line.contains("Exception")) {
      line = lines.readLine();
    }
    return line;
  }

  @Test
  void theSecondIsToldWhoHoldsItUntilTheFirstIsDone() throws Exception {
    try {
      LockHolder holder = site.holder();
      assertThat(holder.pid()).isEqualTo(other.pid());
      assertThatThrownBy(site::take)
          .isInstanceOf(StageHeldException.class)
          .hasMessageContaining("process " + other.pid() + " of")
          .hasMessageContaining("on host " + ThisMachine.host())
          .hasMessageContaining("since " + holder.since());
      other.getOutputStream().close();
      assertThat(other.waitFor()).isZero();
      assertThat(site.names()).isEmpty();
      site.take().close();
    } finally {
      other.destroyForcibly();
    }
  }

  /** Its lock and its last sign of life are seconds old: only the process tells. */
  @Test
  void aKilledHolderIsNoticedAtOnce() throws Exception {
    other.destroyForcibly().waitFor();
    assertThat(site.holder().pid()).isEqualTo(other.pid());
    try (StageLock lock = site.take()) {
      lock.requireHeld();
      Process third = start();
      assertThat(firstLine(third))
          .contains("StageHeldException")
          .contains("held by process " + ProcessHandle.current().pid());
      assertThat(third.waitFor()).isOne();
    }
  }

  @Test
  void aHolderThatOnlyStandsStillIsNotTakenForDead() throws Exception {
    try {
      new ProcessBuilder("kill", "-STOP", Long.toString(other.pid())).start().waitFor();
      LockSite.age(site.lock());
      assertThatThrownBy(site::take).isInstanceOf(StageHeldException.class);
    } finally {
      other.destroyForcibly();
    }
  }
}
