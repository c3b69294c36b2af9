package io.kohaku.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesBelowTest {
  @TempDir Path folder;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.createDirectories(folder.resolve("a b/c/empty"));
    Files.writeString(folder.resolve("one"), "1");
    Files.writeString(folder.resolve("a b/two"), "22");
    Files.writeString(folder.resolve("a b/c/three"), "333");
  }

  private static List<String> list(String place) throws IOException {
    org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(place);
    FileSystem files = root.getFileSystem(new Configuration());
    return FilesBelow.of(files, root).stream()
        .map(file -> file.getPath().getName() + " " + file.getLen())
        .sorted()
        .toList();
  }

  @Test
  void localFoldersAndBucketsAreListedAlike() throws IOException {
    assertThat(list(folder.toUri().toString())).containsExactly("one 1", "three 3", "two 2");
    assertThat(list(BucketFileSystem.over(folder))).containsExactly("one 1", "three 3", "two 2");
  }

  @Test
  void aFileIsItsOwnListAndNothingIsAnError() throws IOException {
    String place = folder.toUri().toString();
    assertThat(list(place + "one")).containsExactly("one 1");
    assertThat(list(place + "a b/c/empty")).isEmpty();
    assertThatThrownBy(() -> list(place + "none")).isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void aLinkThatLeadsNowhereIsAnErrorUnlessItIsHidden() throws IOException {
    String place = folder.toUri().toString();
    Files.createSymbolicLink(folder.resolve("a b/.#two"), Path.of("nobody@nowhere"));
    Files.createSymbolicLink(folder.resolve("a b/four"), folder.resolve("one"));
    assertThat(list(place)).containsExactly("four 1", "one 1", "three 3", "two 2");
    Path lost = folder.resolve("a b/lost: [1]");
    Files.createSymbolicLink(lost, Path.of("/unmounted/x"));
    assertThatThrownBy(() -> list(place))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot read %s: it is a link to /unmounted/x, which is not there (mount it, or remove the link)"
                .formatted(lost));
  }
}
