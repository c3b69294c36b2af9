package io.kohaku.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
  @TempDir Path folder;

  @Test
  void theNewestAreKeptAndTheNewestIsFound() throws IOException {
    CheckpointStore store = new CheckpointStore(folder, 2);
    assertThat(store.newest()).isEmpty();
    for (int step : List.of(5, 10, 100)) {
      store.write(step, Map.of("state", text("state " + step)));
    }
    assertThat(names()).containsExactly("step-000000010", "step-000000100");
    assertThat(store.newest()).hasValue(folder.resolve("step-000000100"));
    assertThat(CheckpointStore.step(store.newest().orElseThrow())).isEqualTo(100);
    assertThat(folder.resolve("step-000000100/state")).hasContent("state 100");
  }

  @Test
  void writingAStepAgainReplacesIt() throws IOException {
    CheckpointStore store = new CheckpointStore(folder, 2);
    store.write(5, Map.of("state", text("one")));
    store.write(5, Map.of("state", text("two")));
    assertThat(names()).containsExactly("step-000000005");
    assertThat(folder.resolve("step-000000005/state")).hasContent("two");
  }

  @Test
  void aDamagedOneIsPassedOver() throws IOException {
    CheckpointStore store = new CheckpointStore(folder, 9);
    for (int step = 1; step <= 4; step++) {
      store.write(step, Map.of("a", text("a" + step), "b", text("b" + step)));
    }
    Files.writeString(folder.resolve("step-000000004/b"), "b5");
    Files.delete(folder.resolve("step-000000003/a"));
    Files.writeString(folder.resolve("step-000000002/digests.json"), "{\"a\":");
    assertThat(store.newest()).hasValue(folder.resolve("step-000000001"));
  }

  @Test
  void aFailedWriteLeavesTheOneBefore() throws IOException {
    CheckpointStore store = new CheckpointStore(folder, 1);
    store.write(1, Map.of("state", text("good")));
    assertThatThrownBy(
            () ->
                store.write(
                    2,
                    Map.of(
                        "state",
                        file -> {
                          Files.writeString(file, "half of");
                          throw new IOException("the writer failed");
                        })))
        .hasMessage(
            "Cannot write checkpoint %s: the writer failed (make room or give rights, and start again: training goes on from step-000000001, which stays)"
                .formatted(folder.resolve("step-000000002")));
    assertThat(names()).containsExactly("step-000000001");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsTold() throws IOException {
    CheckpointStore store = new CheckpointStore(folder, 1);
    store.write(1, Map.of("state", text("good")));
    assertThatThrownBy(
            () ->
                store.write(
                    2,
                    Map.of(
                        "state",
                        file -> {
                          Files.createSymbolicLink(file, Path.of("/dev/full"));
                          try (OutputStream out = Files.newOutputStream(file)) {
                            out.write(new byte[100]);
                          }
                        })))
        .hasMessageStartingWith(
            "Cannot write checkpoint "
                + folder.resolve("step-000000002")
                + ": No space left on device (make room ");
    assertThat(store.newest()).hasValue(folder.resolve("step-000000001"));
  }

  @Test
  void leftoversOfAKilledRunAreRemoved() throws IOException {
    Files.createDirectories(folder.resolve(".staging-step-000000007-x/deep"));
    CheckpointStore store = new CheckpointStore(folder, 1);
    assertThat(store.newest()).isEmpty();
    store.clean();
    assertThat(names()).isEmpty();
  }

  private static CheckpointStore.FileWriter text(String text) {
    return file -> Files.writeString(file, text);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
