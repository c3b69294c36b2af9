package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.LocalSpark;
import io.kohaku.train.loop.RunEnd;
import io.kohaku.train.loop.TrainOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that cannot write what they must keep. */
class UnsavedRunIT {
  @TempDir private static Path folder;
  private static TrainingSite site;

  @BeforeAll
  static void prepare() throws IOException {
    site = new TrainingSite(folder);
    site.prepare(LocalSpark.session(), Map.of("64x64", 7, "64x96", 6), 0, 0);
  }

  @Test
  void whatCannotBeSavedEndsTheRunOnAllRanks() throws Exception {
    Path checkpoints = site.checkpoints("unsaved");
    AtomicBoolean first = new AtomicBoolean(true);
    List<TrainOutcome> outcomes =
        Ranks.run(
            2,
            site.inputs("unsaved"),
            site.settings("train.checkpoint.every=1"),
            () -> first.getAndSet(false) && replacedByFile(checkpoints));
    assertThat(storageFailure(outcomes.get(0)))
        .startsWith("Cannot write checkpoint %s: ".formatted(checkpoints.resolve("step-000000001")))
        .endsWith(" (make room or give rights, and start again; nothing is saved yet)");
    assertThat(storageFailure(outcomes.get(1))).isEqualTo("The first rank cannot write");
    assertThat(site.output("unsaved", TrainInputs.ADAPTER)).doesNotExist();
    List<TrainOutcome> again = Ranks.run(2, site.inputs("unsaved"), site.settings(), () -> false);
    assertThat(again)
        .allSatisfy(
            outcome ->
                assertThat(storageFailure(outcome))
                    .startsWith("Cannot write logs to " + checkpoints));
  }

  private static String storageFailure(TrainOutcome outcome) {
    assertThat(outcome.end()).isInstanceOf(RunEnd.StorageFailed.class);
    return ((RunEnd.StorageFailed) outcome.end()).why();
  }

  private static boolean replacedByFile(Path folder) {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
      Files.writeString(folder, "in the way");
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLogWithoutRoomEndsTheRunAfterAnUpdateThatIsSaved() throws Exception {
    Path logs = Files.createDirectories(site.logs("unlogged"));
    Files.createSymbolicLink(logs.resolve("metrics.jsonl"), Path.of("/dev/full"));
    TrainOutcome outcome =
        Ranks.run(1, site.inputs("unlogged"), site.settings("train.checkpoint.every=5"));
    assertThat(storageFailure(outcome))
        .isEqualTo("Cannot write logs to " + logs + ": No space left on device");
    assertThat(site.checkpoints("unlogged").resolve("step-000000001")).isDirectory();
  }
}
