package io.kohaku.post.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostFilesTest {
  @TempDir private Path folder;

  @Test
  void whatAJobHasNotFinishedIsNoSource() throws IOException {
    Files.writeString(folder.resolve("part-0.json"), "{}");
    Files.writeString(folder.resolve("_SUCCESS"), "");
    assertThat(PostFiles.of(folder.toString(), false, new Configuration())).hasSize(1);
    Path part = folder.resolve("post/_temporary/0/part-1.json");
    Files.createDirectories(part.getParent());
    Files.writeString(part, "{}");
    assertThatThrownBy(() -> PostFiles.of(folder.toString(), false, new Configuration()))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(part + " is of a job that has not finished (let it finish, or ");
  }
}
