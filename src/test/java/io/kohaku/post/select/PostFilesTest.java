package io.kohaku.post.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  private List<String> names(String pattern) throws IOException {
    return PostFiles.of(folder + "/" + pattern, false, new Configuration()).stream()
        .map(file -> file.getPath().toUri().getPath().substring(folder.toString().length() + 1))
        .toList();
  }

  private void write(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{}");
  }

  @Test
  void aPatternMatchesWhatTheFolderWouldGive() throws IOException {
    for (String name :
        List.of(
            "a.json", "_a.json", ".a.json", "_x/b.json", ".y/c.json", "z/d.json", "z/_d/e.json")) {
      write(name);
    }
    assertThat(names("*")).containsExactly("a.json", "z/d.json");
    assertThat(names("*")).isEqualTo(names(""));
    assertThat(names("*.json")).containsExactly("a.json");
    assertThat(names("*/*")).containsExactly("z/d.json");
    assertThat(names("{*,z}/*.json")).doesNotContain("_x/b.json");
    assertThat(names("_*")).as("asked for").containsExactly("_a.json", "_x/b.json");
    assertThat(names("*/_d/*.json")).as("asked for").containsExactly("z/_d/e.json");
    assertThatThrownBy(() -> names("?a.json"))
        .hasMessageEndingWith("?a.json (it matches only names that start with _ or .)");
    Files.createDirectories(folder.resolve("_temporary/0"));
    assertThat(names("*")).as("finished").containsExactly("a.json", "z/d.json");
    write("_temporary/0/f.json");
    for (String pattern : List.of("*", "*/*", "*/*/*.json", "_*")) {
      assertThatThrownBy(() -> names(pattern))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageContaining("/_temporary/0/f.json is of a job that has not finished");
    }
    assertThat(names("*.json")).as("beside it").containsExactly("a.json");
    assertThat(names("_temporary/0/*")).as("asked for").containsExactly("_temporary/0/f.json");
  }
}
