package io.kohaku.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HadoopRenameTest {
  @TempDir private java.nio.file.Path folder;

  private final Configuration hadoop = new Configuration();
  private FileSystem files;
  private Path whole;
  private Path target;

  @BeforeEach
  void open() throws IOException {
    hadoop.set("fs.bucket.impl", BucketFileSystem.class.getName());
    files = FileSystem.getLocal(hadoop);
    whole = new Path(folder.toUri().toString(), "_whole");
    target = new Path(folder.toUri().toString(), "target");
    Files.writeString(folder.resolve("_whole"), "new");
  }

  @Test
  void replacesWhatHasTheName() throws IOException {
    Files.writeString(folder.resolve("target"), "old");
    HadoopRename.replace(files, whole, target);
    assertThat(folder.resolve("target")).hasContent("new");
    assertThat(folder.resolve("_whole")).doesNotExist();
  }

  @Test
  void keepsTheFirst() throws IOException {
    HadoopRename.keepFirst(files, whole, target);
    Files.writeString(folder.resolve("_whole"), "newer");
    HadoopRename.keepFirst(files, whole, target);
    assertThat(folder.resolve("target")).hasContent("new");
  }

  @Test
  void saysWhatCannotBeNamed() throws IOException {
    FileSystem refusing =
        new RawLocalFileSystem() {
          @Override
          public boolean rename(Path from, Path to) {
            return false;
          }
        };
    refusing.initialize(folder.toUri(), hadoop);
    String message = "Cannot rename " + whole + " to " + target;
    assertThatThrownBy(() -> HadoopRename.replace(refusing, whole, target)).hasMessage(message);
    assertThatThrownBy(() -> HadoopRename.keepFirst(refusing, whole, target)).hasMessage(message);
  }

  @Test
  void writesInOneStepWithAndWithoutRename() throws IOException {
    Path stored = new Path(BucketFileSystem.over(folder), "/stored");
    for (Path file : new Path[] {target, stored}) {
      HadoopRename.write(file, "old".getBytes(StandardCharsets.US_ASCII), hadoop);
      HadoopRename.write(file, "new".getBytes(StandardCharsets.US_ASCII), hadoop);
    }
    assertThat(folder.resolve("target")).hasContent("new");
    assertThat(folder.resolve("stored")).hasContent("new");
    assertThat(folder.toFile().list((in, name) -> name.startsWith("_target"))).isEmpty();
  }
}
