package io.kohaku.image.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.image.RejectReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarIndexTest {
  static final byte[] DATA = "the bytes of an image".getBytes(StandardCharsets.UTF_8);

  @Test
  void tellsWhereTheBytesOfEachImageLie() throws IOException {
    byte[] archive =
        Archives.empty().file("7.webp", new byte[1000]).file("0123/1000123.JPG", DATA).finish();

    List<ArchiveEntry> entries = Archives.walk(archive);

    assertThat(entries).hasSize(2);
    ArchiveEntry.Member member = (ArchiveEntry.Member) entries.get(1);
    assertThat(member.name()).isEqualTo(new MemberName(1000123, "jpg"));
    assertThat(Arrays.copyOfRange(archive, (int) member.offset(), (int) member.offset() + 21))
        .isEqualTo(DATA);
    assertThat(member.length()).isEqualTo(DATA.length);
  }

  @Test
  void readsLongNamesOfBothKinds() throws IOException {
    String name = "a-folder-of-a-long-name/".repeat(12) + "42.png";
    for (int mode :
        new int[] {TarArchiveOutputStream.LONGFILE_POSIX, TarArchiveOutputStream.LONGFILE_GNU}) {
      byte[] archive = Archives.longNames(mode).file(name, DATA).file("43.png", DATA).finish();
      assertThat(Archives.walk(archive))
          .extracting(entry -> ((ArchiveEntry.Member) entry).name().id())
          .containsExactly(42L, 43L);
    }
  }

  @Test
  void neverReadsTheData() throws IOException {
    byte[] archive = Archives.empty().file("1.png", new byte[300_000]).file("2.png", DATA).finish();
    ArchiveBytes stream = Archives.stream(archive);
    TarIndex.walk(stream);
    assertThat(stream.bytesRead()).isLessThan(12_000);
  }

  @Test
  void rejectsWhatIsNoImageOfAPostAndSaysWhy() throws IOException {
    byte[] archive =
        Archives.empty()
            .file("../../etc/1.png", DATA)
            .file("/2.png", DATA)
            .file("a/../3.png", DATA)
            .special("4.png", TarConstants.LF_SYMLINK)
            .special("5.png", TarConstants.LF_LINK)
            .special("6.png", TarConstants.LF_CHR)
            .special("7.png", TarConstants.LF_FIFO)
            .file("cover.png", DATA)
            .file("8.mp4", DATA)
            .file("9.png", new byte[0])
            .special("folder/", TarConstants.LF_DIR)
            .file("10.png", DATA)
            .finish();

    List<ArchiveEntry> entries = Archives.walk(archive);

    assertThat(entries.stream().map(TarIndexTest::text))
        .containsExactly(
            "unsafe-name: ../../etc/1.png",
            "unsafe-name: /2.png",
            "unsafe-name: a/../3.png",
            "not-a-file: 5.png: a hard link to , which no member before it is",
            "not-a-file: 6.png",
            "not-a-file: 7.png",
            "no-post-id: cover.png",
            "not-an-image: 8.mp4",
            "truncated: 9.png: 0 bytes at 7680",
            "post 10",
            "not-a-file: 4.png: a link to /etc/passwd, which is no file of the archive");
  }

  @Test
  void keepsWhatLiesBeforeACut() throws IOException {
    byte[] archive = Archives.empty().file("1.png", DATA).file("2.png", new byte[5000]).finish();
    List<ArchiveEntry> entries = Archives.walk(Arrays.copyOf(archive, 3000));
    assertThat(entries.stream().map(TarIndexTest::text))
        .containsExactly(
            "post 1",
            "truncated: 2.png: 5000 bytes at 1536 of an archive of 3000",
            "broken-archive: at byte 3000: the archive ends without its end mark: it was cut, or not closed");
  }

  @Test
  void survivesAbsurdSizes() throws IOException {
    byte[] huge = header("1.png", TarConstants.LF_NORMAL, "77777777777");
    assertThat(Archives.walk(Archives.concat(huge, new byte[512])).stream().map(TarIndexTest::text))
        .containsExactly(
            "truncated: 1.png: 8589934591 bytes at 512 of an archive of 1024",
            "broken-archive: at byte 1024: the archive ends without its end mark: it was cut, or not closed");

    byte[] name = header("x", TarConstants.LF_GNUTYPE_LONGNAME, "00200000000");
    byte[] archive =
        Archives.concat(
            Archives.concat(header("1.png", TarConstants.LF_NORMAL, "0"), name), new byte[3 << 20]);
    assertThat(Archives.walk(archive).stream().map(TarIndexTest::text))
        .last()
        .asString()
        .startsWith("broken-archive: ")
        .contains("a header of more than 1048576 bytes");
  }

  @Test
  void rejectsFilesWithHoles() throws IOException {
    byte[] sparse = header("1.png", TarConstants.LF_GNUTYPE_SPARSE, "0");
    assertThat(
            Archives.walk(Archives.concat(sparse, new byte[1024])).stream().map(TarIndexTest::text))
        .containsExactly("sparse-file: 1.png");
  }

  /** GNU tar's sparse formats 0.0, 0.1 and 1.0: the GNU.sparse records of a PAX header. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "size=4096 numblocks=2 offset=0 numbytes=512 offset=4096 numbytes=0",
        "size=4096 numblocks=2 map=0,512,4096,0 name=1.png",
        "major=1 minor=0 realsize=4096 name=1.png"
      })
  void rejectsFilesWithHolesInPaxArchives(String records) throws IOException {
    boolean mapInData = records.contains("major=1"); // A block of its own before the data.
    byte[] map = "2\n0\n512\n4096\n0\n".getBytes(StandardCharsets.US_ASCII);
    byte[] data =
        mapInData ? Archives.concat(Arrays.copyOf(map, 512), new byte[512]) : new byte[512];
    byte[] sparse =
        Archives.concat(header("1.png", TarConstants.LF_NORMAL, mapInData ? "2000" : "1000"), data);
    byte[] next = Archives.empty().file("2.png", DATA).finish();
    assertThat(
            Archives.walk(Archives.concat(Archives.concat(paxHeader(records), sparse), next))
                .stream()
                .map(TarIndexTest::text))
        .containsExactly("sparse-file: 1.png", "post 2");
  }

  private static byte[] paxHeader(String records) {
    StringBuilder text = new StringBuilder();
    for (String record : records.split(" ")) {
      int length = record.length() + 15; // Two digits, a space, GNU.sparse. and the line's end.
      text.append(length).append(" GNU.sparse.").append(record).append('\n');
    }
    String size = Integer.toOctalString(text.length());
    byte[] data = Arrays.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII), 512);
    return Archives.concat(header("pax", TarConstants.LF_PAX_EXTENDED_HEADER_LC, size), data);
  }

  @Test
  void garbageIsABrokenArchive() throws IOException {
    byte[] garbage = new byte[2048];
    Arrays.fill(garbage, (byte) 0x5A);
    assertThat(Archives.walk(garbage))
        .singleElement()
        .extracting(entry -> ((ArchiveEntry.Reject) entry).reason())
        .isEqualTo(RejectReason.BROKEN_ARCHIVE);
  }

  @Test
  void aFailingFileSystemIsNoDamage() {
    FSDataInputStream failing =
        new FSDataInputStream(
            new FSInputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("connection lost");
              }

              @Override
              public void seek(long position) {}

              @Override
              public long getPos() {
                return 0;
              }

              @Override
              public boolean seekToNewSource(long position) {
                return false;
              }
            });
    assertThatThrownBy(() -> TarIndex.walk(new ArchiveBytes(failing, 4096)))
        .isInstanceOf(IOException.class)
        .hasMessage("connection lost");
  }

  static String text(ArchiveEntry entry) {
    return entry instanceof ArchiveEntry.Reject reject
        ? reject.reason().text() + ": " + reject.detail()
        : "post " + ((ArchiveEntry.Member) entry).name().id();
  }

  /** A header record with any size, which the library's writer would refuse. */
  private static byte[] header(String name, byte kind, String octalSize) {
    byte[] record = new byte[512];
    new TarArchiveEntry(name, kind, true).writeEntryHeader(record);
    byte[] size = octalSize.getBytes(StandardCharsets.US_ASCII);
    Arrays.fill(record, 124, 136, (byte) '0');
    System.arraycopy(size, 0, record, 135 - size.length, size.length);
    record[135] = 0;
    Archives.mend(record, 0);
    return record;
  }
}
