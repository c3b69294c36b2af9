package io.kohaku.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.cli.ExitCode;
import org.junit.jupiter.api.Test;

class StageStoppedTest {
  @Test
  void whoAskedForTheEndNeedsNoTrace() {
    RuntimeException stopped =
        new IllegalStateException(
            new StageStoppedException("train", new IllegalStateException("job cancelled")));
    assertThat(ExitCode.of(stopped)).isEqualTo(ExitCode.RETRYABLE);
    assertThat(ExitCode.isToldInFull(stopped)).isTrue();
    assertThat(ExitCode.deciding(stopped)).hasMessage("Stopped train: the driver was asked to end");
  }
}
