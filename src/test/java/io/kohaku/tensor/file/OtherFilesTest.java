package io.kohaku.tensor.file;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OtherFilesTest {
  @TempDir private Path folder;

  @Test
  void otherFilesAreSaidToBeWhatTheyAre() throws IOException {
    looksLike("", "a file without a byte (fetch it again)");
    looksLike(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "a pointer of Git LFS (fetch the file itself: git lfs pull)");
    looksLike(
        "<!DOCTYPE html><html>",
        "a web page, as servers answer a failed download (fetch it again)");
    looksLike("\u0080\u0002}q\u0000(X\u0005\u0000\u0001", "a pickle of Python's (convert it: ");
    looksLike("PK\u0003\u0004\u0014\u0000\u0000\u0000\u0008", "a zip archive (unpack it: unzip)");
    looksLike(
        "\0".repeat(4096), "nothing but zeros, as an unfinished download leaves (fetch it again)");
  }

  private void looksLike(String content, String what) throws IOException {
    Path path = Files.write(folder.resolve("file"), content.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> SafeTensors.open(path).close())
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot read " + path + " as safetensors: it seems to be " + what);
  }
}
