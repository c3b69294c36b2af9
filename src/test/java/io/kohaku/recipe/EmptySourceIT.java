package io.kohaku.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import io.kohaku.cli.ExitCode;
import io.kohaku.engine.Consent;
import io.kohaku.engine.Console;
import io.kohaku.engine.StageRunner;
import io.kohaku.engine.Workspace;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that gives no post ends the job, unless it may be empty. */
class EmptySourceIT {
  private static final String POST =
      """
      {"id":1.0,"rating":"s","score":"","fav_count":9.0,"file_ext":"png","image_width":600.0,\
      "image_height":800,"md5":"","file_url":"x","tag_string_general":"1girl"}""";

  @TempDir Path folder;

  private Manifest select(Path posts, String... overrides) throws IOException {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("posts.path=\"" + posts + "\"");
    Workspace workspace =
        new Workspace(
            new org.apache.hadoop.fs.Path(folder.resolve("work").toUri()), new Configuration());
    return new StageRunner(
            SettingsSource.read(List.of(), all),
            workspace,
            LocalSpark::session,
            new Console(System.out),
            Consent.asked())
        .run(new SelectJob());
  }

  private void assertUsage(Path posts, String message) {
    assertThatThrownBy(() -> select(posts))
        .satisfies(e -> assertThat(ExitCode.of(e)).isEqualTo(ExitCode.USAGE))
        .hasStackTraceContaining(message);
  }

  @Test
  void noPostAtAllIsAnErrorUnlessItMayBe() throws IOException {
    Path malformed = Files.writeString(folder.resolve("malformed.json"), "{\"a\":1}\n{\"b\":2}\n");
    assertUsage(
        malformed, "Missing posts: " + malformed + " gives none (2 malformed, such as file:");
    Path blank = Files.writeString(folder.resolve("blank.json"), "\n\n");
    assertUsage(blank, "Missing posts: " + blank + " gives none (nothing in it; posts.allow-empty");
    Path array = Files.writeString(folder.resolve("array.json"), "[]");
    assertUsage(array, "Missing posts: " + array + " gives none (nothing in it");
    Path empty = Files.createFile(folder.resolve("empty.json"));
    assertUsage(empty, "Missing posts: " + empty + " (the file is empty)");
    String allowed = "posts.allow-empty=true";
    for (Path none : List.of(malformed, blank, array, empty)) {
      Manifest manifest = select(none, allowed);
      assertThat(manifest.counts()).containsEntry("selected", 0L);
    }
    assertUsage(empty, "Missing posts: ");
  }

  @Test
  void oneWrongFileAmongRightOnesIsNamed() throws IOException {
    Path posts = Files.createDirectories(folder.resolve("posts"));
    Files.writeString(posts.resolve("a.json"), POST);
    Files.writeString(posts.resolve(".DS_Store"), "\0\0\0\1Bud1");
    Files.writeString(posts.resolve("_SUCCESS"), "");
    Files.writeString(posts.resolve(".a.json.crc"), "crc\0");
    Files.writeString(posts.resolve("b.json"), POST.replace("1.0", "2"));
    assertThat(select(posts).counts())
        .as("posts without a hash are not one another's")
        .containsEntry("selected", 2L);
    Path wrong =
        Files.writeString(
            posts.resolve("c.json"), "version https://git-lfs.github.com/spec/v1\noid sha256:4d\n");
    assertUsage(
        posts,
        "Cannot read file:" + wrong + " as posts: it seems to be a pointer of Git LFS (fetch");
    assertThat(select(posts.resolve("[ab].json")).counts()).containsEntry("read", 2L);
  }
}
