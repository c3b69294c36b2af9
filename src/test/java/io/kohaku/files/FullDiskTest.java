package io.kohaku.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {
  private static final IOException FULL = new IOException("No space left on device");

  @Test
  void isFoundAmongAllCausesAndInTextsOfTasks() {
    assertThat(FullDisk.isCauseOf(new IllegalStateException("writing", FULL))).isTrue();
    assertThat(FullDisk.isCauseOf(new IOException("Task 3 failed: … " + FULL.getMessage())))
        .isTrue();
    assertThat(FullDisk.isCauseOf(new IOException("Disk quota exceeded"))).isTrue();
    assertThat(FullDisk.isCauseOf(new IOException((String) null))).isFalse();
  }

  @Test
  void namesWhatIsFreeAtEachPlaceOfThisMachine(@TempDir Path folder) {
    String unmade = folder.resolve("not/yet [made]").toString();
    assertThat(FullDisk.named(FULL, unmade, "s3a://bucket/run", ""))
        .hasMessageMatching(
            "Cannot write: No space left on device \\(\\d+ KiB free at \\Q" + unmade + "\\E\\)")
        .hasCause(FULL);
  }
}
