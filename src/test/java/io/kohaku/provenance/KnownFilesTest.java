package io.kohaku.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownFilesTest {
  private static final Instant LONG_AGO = Instant.parse("2024-01-01T00:00:00Z");

  @TempDir private Path folder;

  private String digest(Path file) throws IOException {
    Path memory = folder.resolve("known-files.json");
    return new KnownFiles(hadoop(memory), new Configuration()).digest(hadoop(file), Set.of());
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  private Path write(String name, String content, Instant time) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(time));
    return file;
  }

  @Test
  void aFileThatWasMovedOrTouchedIsTheSame() throws IOException {
    Path file = write("base.safetensors", "weights", LONG_AGO);
    String digest = digest(file);
    Files.setLastModifiedTime(file, FileTime.from(LONG_AGO.plusSeconds(60)));
    assertThat(digest(file)).isEqualTo(digest);
    assertThat(digest(write("other/name.safetensors", "weights", LONG_AGO))).isEqualTo(digest);
    assertThat(digest(write("base.safetensors", "weightS", LONG_AGO.plusSeconds(120))))
        .isNotEqualTo(digest);
  }

  @Test
  void whatWasReadOnceIsNotReadAgain() throws IOException {
    Path file = write("base.safetensors", "weights", LONG_AGO);
    String digest = digest(file);
    // As nobody does it: other bytes of the same number, the old time put back.
    write("base.safetensors", "WEIGHTS", LONG_AGO);
    assertThat(digest(file)).isEqualTo(digest);
  }

  @Test
  void aFileOfThisMomentIsReadAgain() throws IOException {
    Instant now = Instant.now();
    String digest = digest(write("base.safetensors", "weights", now));
    assertThat(digest(write("base.safetensors", "WEIGHTS", now))).isNotEqualTo(digest);
  }

  @Test
  void theNamesInAFolderCount() throws IOException {
    write("tokenizer/vocab.json", "a", LONG_AGO);
    write("tokenizer/merges.txt", "b", LONG_AGO);
    write("swapped/vocab.json", "b", LONG_AGO);
    write("swapped/merges.txt", "a", LONG_AGO);
    write("moved/vocab.json", "a", LONG_AGO.plusSeconds(5));
    write("moved/merges.txt", "b", LONG_AGO.plusSeconds(5));
    String digest = digest(folder.resolve("tokenizer"));
    assertThat(digest(folder.resolve("moved"))).isEqualTo(digest);
    assertThat(digest(folder.resolve("swapped"))).isNotEqualTo(digest);
  }

  @Test
  void aDamagedMemoryCostsReadingAnew() throws IOException {
    Path file = write("base.safetensors", "weights", LONG_AGO);
    String digest = digest(file);
    Files.writeString(folder.resolve("known-files.json"), "garbage under an old checksum");
    assertThat(digest(file)).isEqualTo(digest);
    for (String damaged : List.of("{\"x\":", "null", "", "[1, 2]")) {
      Files.deleteIfExists(folder.resolve(".known-files.json.crc"));
      Files.writeString(folder.resolve("known-files.json"), damaged);
      assertThat(digest(file)).as(damaged).isEqualTo(digest);
    }
  }
}
