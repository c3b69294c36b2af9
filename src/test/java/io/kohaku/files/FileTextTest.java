package io.kohaku.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTextTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;

  @Test
  void aFolderIsNoText() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "ä");
    assertThat(FileText.of(file.toString(), HADOOP)).hasValue("ä");
    assertThat(FileText.of(folder.resolve("b").toString(), HADOOP)).isEmpty();
    assertThatThrownBy(() -> FileText.of(folder.toString(), HADOOP))
        .isInstanceOf(IOException.class)
        .hasMessage("it is a folder (name a file in it)");
  }
}
