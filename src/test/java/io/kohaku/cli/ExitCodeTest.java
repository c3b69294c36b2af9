package io.kohaku.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kohaku.input.DamagedFileException;
import io.kohaku.input.UnusableFileException;
import io.kohaku.provenance.StageLock;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitCodeTest {
  @TempDir java.nio.file.Path folder;

  @Test
  void aFolderThatAnotherHoldsIsToldInOneLine() throws IOException {
    Path held = new Path(folder.toUri());
    try (StageLock lock = StageLock.take(held, new Configuration())) {
      lock.requireHeld();
      Throwable refused = catchThrowable(() -> StageLock.take(held, new Configuration()));
      assertThat(ExitCode.of(refused)).isEqualTo(ExitCode.RETRYABLE);
      assertThat(ExitCode.isToldInFull(refused)).isTrue();
    }
  }

  @Test
  void aTraceIsKeptForWhatNobodyForesaw() {
    assertThat(ExitCode.isToldInFull(new UnusableFileException("no SDXL"))).isTrue();
    Throwable damaged = new DamagedFileException("Cannot read x (remove it and encode again)");
    assertThat(ExitCode.of(new IllegalStateException(damaged))).isEqualTo(ExitCode.RETRYABLE);
    assertThat(ExitCode.isToldInFull(new IllegalStateException(damaged))).isTrue();
    assertThat(ExitCode.isToldInFull(new IOException("disk"))).isFalse();
    assertThat(ExitCode.isToldInFull(new IllegalStateException("a bug"))).isFalse();
  }
}
