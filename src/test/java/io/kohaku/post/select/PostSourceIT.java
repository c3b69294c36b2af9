package io.kohaku.post.select;

import static io.kohaku.post.select.PostLines.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.LocalSpark;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dump may lie in: compressed files, folders, and what is neither. */
class PostSourceIT {
  @TempDir Path folder;

  @AfterEach
  void forget() {
    LocalSpark.session().catalog().clearCache();
  }

  @Test
  void compressedFilesAndFoldersAreRead() throws IOException {
    Files.writeString(folder.resolve("a.json"), post(1) + "\r\n" + post(2));
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("b.json.gz")))) {
      out.write((post(3) + "\n" + post(4) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    BZip2Codec bzip2 = new BZip2Codec();
    bzip2.setConf(new Configuration());
    try (OutputStream out =
        bzip2.createOutputStream(Files.newOutputStream(folder.resolve("c.bz2")))) {
      out.write(post(5).getBytes(StandardCharsets.UTF_8));
    }
    Files.writeString(folder.resolve("_SUCCESS"), "");
    assertThat(Selecting.ids(Selecting.select(Selecting.settings(folder)).posts()))
        .containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(Selecting.ids(Selecting.select(Selecting.settings(folder.resolve("*.gz"))).posts()))
        .containsExactly(3L, 4L);
  }

  @Test
  void aCutCompressedFileIsAnErrorThatNamesFileAndLine() throws IOException {
    Path whole = folder.resolve("whole.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
      for (int id = 0; id < 3000; id++) {
        out.write((post(id * 7919L) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut.json.gz");
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> Selecting.select(Selecting.settings(cut)))
        .hasStackTraceContaining("Cannot read file:" + cut + " after line ")
        .hasStackTraceContaining("unexpected end (it is cut off or damaged: fetch it again)");
  }

  @Test
  void missingAndEmptySourcesAreErrors() throws IOException {
    assertThatThrownBy(() -> Selecting.select(Selecting.settings(Path.of(""))))
        .hasMessage("Missing posts: set posts.path to a file, a folder or a pattern");
    Path absent = folder.resolve("absent.json");
    assertThatThrownBy(() -> Selecting.select(Selecting.settings(absent)))
        .hasMessage("Missing posts: " + absent + " (no such file)");
    assertThatThrownBy(() -> Selecting.select(Selecting.settings(folder)))
        .hasMessage("Missing posts: " + folder + " (the folder holds no file)");
    Path empty = Files.createFile(folder.resolve("empty.json"));
    assertThatThrownBy(() -> Selecting.select(Selecting.settings(empty)))
        .hasMessage("Missing posts: " + empty + " (the file is empty)");
  }
}
