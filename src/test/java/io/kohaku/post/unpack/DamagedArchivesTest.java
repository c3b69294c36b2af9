package io.kohaku.post.unpack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that are cut off, and such with members that are not what was put in. */
class DamagedArchivesTest {
  private static final String FIRST = "{\"id\":1,\"score\":12345}\n".repeat(3);
  private static final String SECOND = "{\"id\":2,\"score\":67890}\n".repeat(2);

  private static String unpacked(byte[] file) throws IOException {
    StringBuilder texts = new StringBuilder();
    try (Unpacking unpacking = new Unpacking("posts", new ByteArrayInputStream(file))) {
      while (unpacking.next()) {
        texts.append(new String(unpacking.text().readAllBytes(), UTF_8));
      }
    }
    return texts.toString();
  }

  /** Two members of this method; the sums of deflated ones stand behind their bytes. */
  private static byte[] zip(int method, int level) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setLevel(level);
      for (String text : List.of(FIRST, SECOND)) {
        ZipEntry entry = new ZipEntry(text.substring(6, 7) + ".json");
        entry.setMethod(method);
        if (method == ZipEntry.STORED) {
          CRC32 sum = new CRC32();
          sum.update(text.getBytes(UTF_8));
          entry.setSize(text.length());
          entry.setCrc(sum.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(text.getBytes(UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] tar(int longNames) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 512)) {
      tar.setLongFileMode(longNames);
      for (String text : List.of(FIRST, SECOND)) {
        TarArchiveEntry entry = new TarArchiveEntry("x".repeat(120) + ".json");
        entry.setSize(text.length());
        tar.putArchiveEntry(entry);
        tar.write(text.getBytes(UTF_8));
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] joined(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }

  private static byte[] zstd(byte[] file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdOutputStream(bytes)) {
      out.write(file);
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
  void aTarThatIsCutAnywhereBeforeItsEndMarkIsRefused(int longNames) throws IOException {
    byte[] tar = tar(longNames);
    int firstZeros = tar.length - 512;
    int step = 0;
    // Where blocks end, a byte before and behind that, and well inside.
    for (int cut = 511; cut <= tar.length; cut += List.of(1, 1, 254, 256).get(step++ % 4)) {
      byte[] file = Arrays.copyOf(tar, cut);
      if (cut >= firstZeros) {
        assertThat(unpacked(file)).isEqualTo(FIRST + SECOND);
        assertThat(unpacked(zstd(file))).isEqualTo(FIRST + SECOND);
      } else {
        assertThatThrownBy(() -> unpacked(file)).as("%s", cut).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> unpacked(zstd(file))).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void aTarBehindAnotherNeedsItsOwnEndMark() throws IOException {
    byte[] tar = tar(TarArchiveOutputStream.LONGFILE_GNU);
    byte[] padded = joined(tar, new byte[9 * 512]);
    assertThat(unpacked(joined(padded, tar))).isEqualTo((FIRST + SECOND).repeat(2));
    for (int cut : List.of(10, 512, 1024, 2048, 2060, tar.length - 1024)) {
      byte[] file = joined(padded, Arrays.copyOf(tar, cut));
      assertThatThrownBy(() -> unpacked(file)).as("%s", cut).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 9})
  void aMemberOfAZipThatIsDamagedAnywhereIsRefused(int level) throws IOException {
    byte[] zip = level < 0 ? zip(ZipEntry.STORED, 0) : zip(ZipEntry.DEFLATED, level);
    assertThat(unpacked(zip)).isEqualTo(FIRST + SECOND);
    int second = new String(zip, ISO_8859_1).lastIndexOf("PK\3\4");
    int directory = new String(zip, ISO_8859_1).indexOf("PK\1\2");
    assertRefused(zip, 30 + 6, second);
    assertRefused(zip, second + 30 + 6, directory);
  }

  /** Of a damaged byte the text must not come out changed: few bits stand for nothing. */
  private static void assertRefused(byte[] zip, int start, int end) {
    int refused = 0;
    for (int place = start; place < end; place++) {
      byte[] damaged = zip.clone();
      damaged[place] ^= 1;
      try {
        assertThat(unpacked(damaged)).as("byte %s", place).isEqualTo(FIRST + SECOND);
      } catch (IOException | RuntimeException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan((end - start) / 2);
  }

  @Test
  void aStoredMemberMayHaveItsSumBehindItsBytes() throws IOException {
    byte[] zip = zip(ZipEntry.STORED, 0);
    int end = 36 + FIRST.length();
    byte[] late = Arrays.copyOf(zip, end);
    late[6] |= 8;
    Arrays.fill(late, 14, 26, (byte) 0);
    ByteBuffer behind = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    behind.putInt(0x08074b50).put(zip, 14, 12);
    byte[] rest = Arrays.copyOfRange(zip, end, zip.length);
    byte[] whole = joined(joined(late, behind.array()), rest);
    assertThat(unpacked(whole)).isEqualTo(FIRST + SECOND);
    whole[end - 5] ^= 1;
    assertThatThrownBy(() -> unpacked(whole)).hasMessageContaining("of member 1.json do not have");
  }

  @Test
  void aMemberThatIsNotReadToItsEndIsCheckedAllTheSame() throws IOException {
    byte[] zip = zip(ZipEntry.STORED, 0);
    zip[36 + 20] ^= 1;
    try (Unpacking unpacking = new Unpacking("posts", new ByteArrayInputStream(zip))) {
      assertThat(unpacking.next()).isTrue();
      assertThatThrownBy(unpacking::next)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("member 1.json do not have the sum (CRC-32)");
    }
  }
}
