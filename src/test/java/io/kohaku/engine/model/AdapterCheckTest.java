package io.kohaku.engine.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterCheckTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @Test
  void tellsWhatAnAdapterIsInstead() throws IOException {
    Path page = Files.writeString(folder.resolve("a [1]:#.safetensors"), "<html>404</html>");
    assertThatThrownBy(() -> AdapterCheck.adapter(page.toString(), HADOOP))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(page.toString())
        .hasMessageContaining("a web page");
  }
}
