package io.kohaku.files.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WholeFileTest {
  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void place() {
    file = folder.resolve("file");
  }

  @Test
  void replacesWhatHasTheName() throws IOException {
    WholeFile.write(file, path -> Files.writeString(path, "first"));
    WholeFile.write(file, path -> Files.writeString(path, "second"));
    assertThat(file).hasContent("second");
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void whatFailsLeavesTheFormerFileAndNothingElse() throws IOException {
    Files.writeString(file, "first");
    assertThatThrownBy(
            () ->
                WholeFile.write(
                    file,
                    path -> {
                      Files.writeString(path, "sec");
                      throw new IOException("no space");
                    }))
        .hasMessage("no space");
    assertThat(file).hasContent("first");
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void aFolderAppearsWithAllThatIsInIt() throws IOException {
    WholeFile.write(
        file,
        folder.resolve(".unfinished"),
        path -> {
          Files.createDirectories(path.resolve("deep"));
          Files.writeString(path.resolve("deep/a"), "a");
          assertThat(file).doesNotExist();
        });
    assertThat(file.resolve("deep/a")).hasContent("a");
    FolderTree.remove(file);
    assertThat(folder).isEmptyDirectory();
  }
}
