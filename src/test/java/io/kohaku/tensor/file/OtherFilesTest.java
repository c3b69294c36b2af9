package io.kohaku.tensor.file;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
        "PK\u0003\u0004" + "\0".repeat(22) + "\u0010\0\0\0archive/data.pkl",
        "a file of PyTorch's, pickled (convert it to safetensors with a tool you trust)");
    looksLike("GGUF\u0003\0\0\0\0", "a GGUF file, quantised (take the safetensors file in fp16");
    looksLike(
        "{\"error\": 404}",
        "a JSON text, as servers answer a failed download (look into it, fetch it again)");
    looksLike(
        "Entry not found",
        "a text, as servers answer a failed download (look into it, fetch it again)");
    looksLike(
        "\0".repeat(4096), "nothing but zeros, as an unfinished download leaves (fetch it again)");
  }

  @Test
  void filesThatWereCutOffSayByHowMuch() throws IOException {
    String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]}}";
    byte[] whole =
        ((char) header.length() + "\0".repeat(7) + header + "123456789").getBytes(ISO_8859_1);
    Path path = folder.resolve("cut.safetensors");
    Files.write(path, Arrays.copyOf(whole, whole.length - 4));
    refuses(path, "it ends 4 bytes too early: its tensors need 9, it has 5 (fetch it again)");
    Files.write(path, Arrays.copyOf(whole, 8 + 20));
    refuses(
        path,
        "header length %s (the file has 28 bytes: its end is missing, fetch it again)"
            .formatted(header.length()));
  }

  private static void refuses(Path path, String problem) {
    assertThatThrownBy(() -> SafeTensors.open(path).close())
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("Invalid safetensors file %s: %s".formatted(path, problem));
  }

  @Test
  void aFolderIsNoFile() {
    assertThatThrownBy(() -> SafeTensors.open(folder).close())
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("Cannot read %s as safetensors: it is a folder (name a file in it)", folder);
  }

  private void looksLike(String content, String what) throws IOException {
    Path path = Files.write(folder.resolve("file"), content.getBytes(ISO_8859_1));
    assertThatThrownBy(() -> SafeTensors.open(path).close())
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith("Cannot read " + path + " as safetensors: it seems to be " + what);
  }
}
