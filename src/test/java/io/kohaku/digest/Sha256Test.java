package io.kohaku.digest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class Sha256Test {
  /** The first example of FIPS 180-2. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir private Path folder;

  @Test
  void isTheSameForTextBytesFileAndParts() throws IOException {
    byte[] bytes = "abc".getBytes(StandardCharsets.US_ASCII);
    MessageDigest parts = Sha256.begin();
    parts.update(bytes, 0, 1);
    parts.update(bytes, 1, 2);
    assertThat(Sha256.of("abc")).isEqualTo(ABC);
    assertThat(Sha256.of(bytes)).isEqualTo(ABC);
    assertThat(Sha256.of(Files.write(folder.resolve("abc"), bytes))).isEqualTo(ABC);
    assertThat(Sha256.hex(parts)).isEqualTo(ABC);
  }

  @Test
  void tellsListsApartThatJoinToTheSameText() {
    assertThat(Sha256.ofAll(List.of("a", "bc"))).isNotEqualTo(Sha256.ofAll(List.of("ab", "c")));
  }
}
