package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.cluster.UnsuitableClusterException;
import io.kohaku.input.UnusableFileException;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StartReportTest {
  private static final StartReport.Opening AT_FOUR = () -> "4";
  private static final StartReport.Opening DISK =
      () -> {
        throw new IOException("no disk");
      };
  private static final StartReport.Opening BUG =
      () -> {
        throw new IllegalStateException("two words");
      };

  private static final StartReport.Opening UNSEEN =
      () -> {
        throw new UnsuitableClusterException("no such GPU");
      };

  @Test
  void aMachineWithoutWhatItsRankNeedsEndsTheRunUnlessThereIsWorse() {
    assertThat(end(AT_FOUR, UNSEEN)).isEqualTo(new RunEnd.Unsuitable("no such GPU"));
    assertThat(end(DISK, UNSEEN)).isEqualTo(new RunEnd.Unsuitable("no disk; no such GPU"));
    assertThat(end(BUG, UNSEEN)).isEqualTo(new RunEnd.Failed("no such GPU; two words"));
  }

  @Test
  void aFileThatCannotBeUsedIsSaidSo() {
    StartReport.Opening file =
        () -> {
          throw new UnusableFileException("no SDXL");
        };
    assertThat(end(DISK, file)).isEqualTo(new RunEnd.UnusableFile("no SDXL; no disk"));
    assertThat(end(BUG, file)).isInstanceOf(RunEnd.Failed.class);
    StartReport.Opening wrapped =
        () -> {
          throw new IllegalStateException("opening", new SettingsException("another head width"));
        };
    assertThat(end(wrapped)).isEqualTo(new RunEnd.UnusableFile("another head width"));
  }

  /** A trace helps with what nobody foresaw alone. */
  @Test
  void whatIsToldInFullIsOneLineInTheLog() {
    try (CapturedLog log = new CapturedLog(StartReport.class)) {
      StartReport.of(
          () -> {
            throw new UnusableFileException("no SDXL", new IOException("below"));
          });
      StartReport.of(BUG);
      assertThat(log.messages()).containsExactly("Cannot start: no SDXL", "Cannot start");
      assertThat(log.traces()).containsExactly("two words");
    }
  }

  @Test
  void ranksThatAllGoOnFromOneStepTrain() {
    assertThat(StartReport.agree(said(AT_FOUR, AT_FOUR))).isEmpty();
  }

  @Test
  void whatIsWrongOnOneRankEndsTheRunOnAll() {
    assertThat(end(AT_FOUR, DISK)).isEqualTo(new RunEnd.StorageFailed("no disk"));
    assertThat(end(BUG, AT_FOUR, BUG)).isEqualTo(new RunEnd.Failed("two words"));
    assertThat(end(DISK, BUG)).isEqualTo(new RunEnd.Failed("no disk; two words"));
  }

  @Test
  void aFileThatIsNotThereWillNotComeButADiskMay() {
    UncheckedIOException full = new UncheckedIOException("disk full", new IOException());
    assertThat(
            end(
                () -> {
                  throw full;
                }))
        .isEqualTo(new RunEnd.StorageFailed("disk full"));
    Path missing = Path.of("no", "such.safetensors");
    assertThat(end(() -> SafeTensors.open(missing).file().toString()))
        .isInstanceOf(RunEnd.Failed.class);
  }

  @Test
  void ranksThatSeeDifferentCheckpointsDoNotTrain() {
    assertThat(end(AT_FOUR, () -> "0 from step-000000004"))
        .isEqualTo(
            new RunEnd.Failed(
                "Cannot train: the ranks would go on from different updates [0 from step-000000004, 4] (train.checkpoint.folder must be one folder for all executors)"));
  }

  private static RunEnd end(StartReport.Opening... openings) {
    return StartReport.agree(said(openings)).map(TrainOutcome::end).orElseThrow();
  }

  private static List<String> said(StartReport.Opening... openings) {
    return Stream.of(openings).map(opening -> StartReport.of(opening).text()).toList();
  }
}
