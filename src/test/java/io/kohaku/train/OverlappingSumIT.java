package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.kohaku.LocalSpark;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs whose ranks sum while they still walk back, against runs that sum at the end. */
class OverlappingSumIT {
  private static final String OVERLAP = "train.speed.overlap-sum=true";
  private static final int BROKEN_POST = 2;

  @TempDir static Path folder;
  private static TrainingSite site;

  @BeforeAll
  static void prepare() throws IOException {
    site = new TrainingSite(folder);
    site.prepare(LocalSpark.session(), Map.of("64x64", 7, "64x96", 6), 0, BROKEN_POST);
  }

  /**
   * With one micro-batch an update the second rank has none; with one for each rank, the broken one
   * is a rank's last. Over three ranks the sums of a value may begin at another rank: 1e-6 is what
   * the number of ranks may change, too.
   */
  @ParameterizedTest
  @CsvSource({"2, 4, 0", "2, 1, 0", "2, 2, 0", "3, 4, 1e-6"})
  void endWithTheSameAdapter(int ranks, int microBatches, double tolerance) throws Exception {
    String run = ranks + "-" + microBatches;
    String update = "train.micro-batches-per-update=" + microBatches;
    TrainOutcome plain = train(ranks, "plain-" + run, update);
    TrainOutcome overlapping = train(ranks, "overlapping-" + run, update, OVERLAP);
    assertThat(plain.progress().skippedMicroBatches()).isEqualTo(1);
    assertThat(overlapping.progress().step()).isEqualTo(plain.progress().step());
    assertThat(overlapping.progress().skippedMicroBatches()).isEqualTo(1);
    assertThat(distance("plain-" + run, "overlapping-" + run)).isLessThanOrEqualTo(tolerance);
  }

  /** Pieces scale and round otherwise than the whole, a little. */
  @Test
  void halvesOnTheWireLearnTheSame() throws Exception {
    TrainOutcome plain = train(2, "plain-halves", "cluster.wire=fp16");
    TrainOutcome overlapping = train(2, "overlapping-halves", "cluster.wire=fp16", OVERLAP);
    assertThat(overlapping.lastLoss()).isCloseTo(plain.lastLoss(), withinPercentage(0.1));
    assertThat(distance("plain-halves", "overlapping-halves")).isPositive();
  }

  @Test
  void aRankThatFailsEndsTheOthersAndLeavesNoThread() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    assertThatThrownBy(
            () ->
                Ranks.run(
                    2,
                    site.inputs("failing"),
                    site.settings(OVERLAP),
                    () -> {
                      if (asked.incrementAndGet() == 2) {
                        throw new IllegalStateException("a rank dies");
                      }
                      return false;
                    }))
        .hasMessageMatching(".*(a rank dies|Cannot sum over ranks: .*)");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (summing() && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    assertThat(summing()).isFalse();
  }

  private static boolean summing() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("sums of rank"));
  }

  private static TrainOutcome train(int ranks, String run, String... more) throws Exception {
    TrainOutcome outcome = Ranks.run(ranks, site.inputs(run), site.settings(more));
    assertThat(outcome.end()).isEqualTo(new RunEnd.Finished());
    return outcome;
  }

  private static double distance(String run, String other) {
    return SavedTensors.distance(
        site.output(run, TrainInputs.ADAPTER), site.output(other, TrainInputs.ADAPTER));
  }
}
