package io.kohaku.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.files.NamedPath;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
  @TempDir Path folder;

  private static ThrowingCallable require(String place) {
    org.apache.hadoop.fs.Path path = NamedPath.of(place);
    Workspace workspace = new Workspace(path, new Configuration());
    return () -> workspace.requireFolder("run.work", path);
  }

  @Test
  void aFileInThePlaceOfAFolderOrAboveItIsSaid() throws Throwable {
    Path file = Files.writeString(folder.resolve("weights.bin"), "abc");
    require(folder.toString()).call();
    require(folder.resolve("not/yet").toString()).call();
    for (Path place : new Path[] {file, file.resolve("below/it")}) {
      assertThatThrownBy(require(place.toString()))
          .isInstanceOf(SettingsException.class)
          .hasMessage("Invalid run.work: %s (%s is no folder)".formatted(place, file));
    }
  }

  @Test
  void aFileSystemThatIsNotThereIsSaidWithTheSetting() {
    assertThatThrownBy(require("s3a://bucket/work"))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(
            "Invalid run.work: s3a://bucket/work (no file system for the scheme s3a is known");
    assertThatThrownBy(require("hdfs://host.invalid:1/work"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "Cannot look at run.work: hdfs://host.invalid:1/work (Cannot reach");
  }
}
