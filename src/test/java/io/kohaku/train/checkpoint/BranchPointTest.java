package io.kohaku.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.files.local.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BranchPointTest {
  @TempDir Path folder;
  private Path run;

  @BeforeEach
  void writeARun() throws IOException {
    run = folder.resolve("me@home/work/train/checkpoints/abc");
    write(run, 200, 400);
  }

  private static void write(Path run, long... steps) throws IOException {
    for (long step : steps) {
      new CheckpointStore(run, 9)
          .write(step, Map.of("state", file -> Files.writeString(file, "state " + step)));
    }
  }

  private static void damage(Path run, long step) throws IOException {
    Files.writeString(new CheckpointStore(run, 9).at(step).resolve("state"), "rotten");
  }

  @ParameterizedTest
  @CsvSource({
    "train/checkpoints/abc/step-000000200, 200",
    "train/checkpoints/abc/step-000000200@200, 200",
    "train/checkpoints/abc, 400",
    "train/checkpoints/abc/, 400",
    "train/checkpoints/abc@200, 200",
    "train/checkpoints/abc/@200, 200",
    "train/checkpoints, 400",
    "train, 400",
    "train@200, 200",
    "'', 400",
    "./x/..@400, 400"
  })
  void theNewestOrTheNamedOneOfTheOnlyRunIsFound(String place, long update) throws IOException {
    BranchPoint found = BranchPoint.of(folder + "/me@home/work/" + place);
    assertThat(found).isEqualTo(new BranchPoint(new CheckpointStore(run, 9).at(update), update));
  }

  @Test
  void aFolderWhoseNameEndsAsAnUpdateIsMeantWithASlashBehind() throws IOException {
    write(folder.resolve("run@7"), 5);
    assertThat(BranchPoint.of(folder.resolve("run@7") + "/").update()).isEqualTo(5);
    assertRefused("run@7", "there is no folder " + folder.resolve("run"));
  }

  @Test
  void whatIsNotThereIsRefusedWithWhatIs() throws IOException {
    String abc = "me@home/work/train/checkpoints/abc";
    assertRefused(abc + "@300", "no checkpoint of update 300: there are 200, 400");
    assertRefused(abc + "/step-000000200@300", "no checkpoint of update 300: there is 200");
    assertRefused("nowhere@1", "there is no folder " + folder.resolve("nowhere"));
    Path file = Files.writeString(folder.resolve("adapter.safetensors"), "weights");
    assertRefused(
        "adapter.safetensors",
        file + " is a file (name the folder of a run, or of one checkpoint)");
    assertRefused(
        "me@home",
        "%s has no checkpoint, nor has a run below it".formatted(folder.resolve("me@home")));
    Path other = run.resolveSibling("def");
    Files.createDirectories(other.resolve("logs"));
    assertThat(BranchPoint.of(folder.resolve("me@home/work").toString()).update()).isEqualTo(400);
    write(other, 7);
    assertRefused(
        "me@home/work@7", "there are 2 runs, name one of them: %s, %s".formatted(run, other));
  }

  @Test
  void aDamagedOneIsRefusedOrPassedOverWhereNoneIsNamed() throws IOException {
    damage(run, 400);
    String abc = "me@home/work/train/checkpoints/abc";
    assertThat(BranchPoint.of(folder.resolve(abc).toString()).update()).isEqualTo(200);
    assertRefused(
        abc + "@400",
        "the checkpoint of update 400 is damaged, state is not what was written: there are 200, 400");
    assertRefused(
        abc + "/step-000000400",
        "the checkpoint of update 400 is damaged, state is not what was written: there is 400");
    damage(run, 200);
    assertRefused(
        "me@home/work",
        "all checkpoints are damaged: 200 (state is not what was written), 400 (state is not what was written)");
  }

  private void assertRefused(String spec, String why) {
    assertThatThrownBy(() -> BranchPoint.of(folder + "/" + spec))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot branch from %s/%s: %s", folder, spec, why);
  }

  @Test
  void theDigestIsOfTheContent() throws IOException {
    Path copy = folder.resolve("elsewhere");
    write(copy, 200);
    String digest = BranchPoint.of(run + "@200").digest();
    assertThat(BranchPoint.of(copy.toString()).digest()).hasSize(64).isEqualTo(digest);
    assertThat(BranchPoint.of(run.toString()).digest()).isNotEqualTo(digest);
  }

  @Test
  void aCopyIsKeptAfterTheOriginHasGone() throws IOException {
    Files.writeString(run.resolve("layer-modes.txt"), "mb\n");
    Path branch = folder.resolve("branches/one");
    assertThat(BranchPoint.copiedInto(branch)).isEmpty();
    BranchPoint origin = BranchPoint.of(run + "@200");
    origin.copyInto(branch);
    String digest = origin.digest();
    FolderTree.remove(run);
    BranchPoint copy = BranchPoint.copiedInto(branch).orElseThrow();
    assertThat(copy)
        .isEqualTo(new BranchPoint(branch.resolve("origin/step-000000200"), 200))
        .isEqualTo(BranchPoint.of(branch.resolve("origin").toString()));
    assertThat(copy.digest()).isEqualTo(digest);
    assertThat(copy.checkpoint().resolve("state")).hasContent("state 200");
    assertThat(branch.resolve("origin/layer-modes.txt")).hasContent("mb");
    assertThat(names(branch)).containsExactly("origin");
  }

  @Test
  void aCopyThatIsThereStaysUnlessItIsDamagedOrOfAnother() throws IOException {
    Path branch = folder.resolve("branch");
    BranchPoint origin = BranchPoint.of(run + "@200");
    origin.copyInto(branch);
    Path mark = Files.createFile(branch.resolve("origin/mark"));
    origin.copyInto(branch);
    assertThat(mark).exists();
    damage(branch.resolve("origin"), 200);
    origin.copyInto(branch);
    assertThat(mark).doesNotExist();
    assertThat(branch.resolve("origin/step-000000200/state")).hasContent("state 200");
    assertThatThrownBy(() -> BranchPoint.of(run.toString()).copyInto(branch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot branch from " + run.resolve("step-000000400"))
        .hasMessageContaining("began from another checkpoint");
  }

  @Test
  void whatCannotBeCopiedLeavesNothing() throws IOException {
    Path branch = folder.resolve("branch");
    BranchPoint origin = BranchPoint.of(run + "@200");
    damage(run, 200);
    assertThatThrownBy(() -> origin.copyInto(branch))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot copy checkpoint %s to %s: state is not what was written",
            origin.checkpoint(), branch.resolve("origin"));
    assertThat(names(branch)).isEmpty();
  }

  @Test
  void aRunsOwnCheckpointsComeAndGoBesideItsOrigin() throws IOException {
    Path branch = folder.resolve("branch");
    BranchPoint.of(run.toString()).copyInto(branch);
    CheckpointStore store = new CheckpointStore(branch, 1);
    assertThat(store.newest()).isEmpty();
    write(branch, 1, 2);
    store.write(3, Map.of());
    store.clean();
    assertThat(store.newest()).hasValue(branch.resolve("step-000000003"));
    assertThat(names(branch)).containsExactly("origin", "step-000000003");
    assertThat(branch.resolve("origin/step-000000400/state")).hasContent("state 400");
    assertThat(BranchPoint.of(branch.toString()).update()).isEqualTo(3);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
