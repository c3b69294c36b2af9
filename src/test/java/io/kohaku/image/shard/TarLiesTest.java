package io.kohaku.image.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;

class TarLiesTest {
  private static final byte[] DATA = TarIndexTest.DATA;

  @Test
  void takesTheMembersOfAllArchivesInOneFile() throws IOException {
    byte[] both =
        Archives.concat(
            Archives.empty().file("1.png", DATA).finish(),
            Archives.empty().file("2.png", DATA).finish());
    assertThat(Archives.walk(both).stream().map(TarIndexTest::text))
        .containsExactly("post 1", "post 2");
  }

  @Test
  void takesTheNewestOfOneName() throws IOException {
    byte[] archive = Archives.empty().file("1.png", DATA).file("./1.png", DATA).finish();
    assertThat(Archives.walk(archive).stream().map(TarIndexTest::text))
        .containsExactly(
            "duplicate: 1.png: 21 bytes at 512, which a later member of this name replaces",
            "post 1");
  }

  @Test
  void aDamagedHeaderCostsItsOwnMemberAlone() throws IOException {
    byte[] archive =
        Archives.empty().file("1.png", DATA).file("2.png", DATA).file("3.png", DATA).finish();
    archive[1024] ^= 1; // It would name post 3.
    assertThat(Archives.walk(archive).stream().map(TarIndexTest::text))
        .containsExactly(
            "post 1",
            "broken-archive: at byte 1024: no header whose check sum holds; the next is at byte"
                + " 2048",
            "post 3");
  }

  @Test
  void aMemberWithoutBytesReplacesTheOlderToo() throws IOException {
    byte[] archive = Archives.empty().file("1.png", DATA).file("1.png", new byte[0]).finish();
    assertThat(Archives.walk(archive).stream().map(TarIndexTest::text))
        .containsExactly(
            "duplicate: 1.png: 21 bytes at 512, which a later member of this name replaces",
            "truncated: 1.png: 0 bytes at 1536");
  }

  @Test
  void linksStandForTheBytesThatTheyPointTo() throws IOException {
    byte[] archive =
        Archives.empty()
            .link("a/10.png", TarConstants.LF_SYMLINK, "../1.png")
            .file("1.png", DATA)
            .link("11.png", TarConstants.LF_LINK, "./1.png")
            .link("12.png", TarConstants.LF_LINK, "a/10.png")
            .link("13.png", TarConstants.LF_SYMLINK, "14.png")
            .link("14.png", TarConstants.LF_SYMLINK, "13.png")
            .file("1.png", DATA)
            .file("2.png", DATA)
            .link("2.png", TarConstants.LF_SYMLINK, "none.png")
            .finish();
    assertThat(Archives.walk(archive).stream().map(TarLiesTest::place))
        .containsExactly(
            "duplicate: 1.png: 21 bytes at 1024, which a later member of this name replaces",
            "post 11 at 1024",
            "post 1 at 4096",
            "duplicate: 2.png: 21 bytes at 5120, which a later member of this name replaces",
            "post 10 at 4096",
            "not-a-file: 12.png: a link to ../1.png, which is no file of the archive",
            "not-a-file: 13.png: a link to 14.png, which is no file of the archive",
            "not-a-file: 14.png: a link to 13.png, which is no file of the archive",
            "not-a-file: 2.png: a link to none.png, which is no file of the archive");
  }

  private static String place(ArchiveEntry entry) {
    return TarIndexTest.text(entry)
        + (entry instanceof ArchiveEntry.Member member ? " at " + member.offset() : "");
  }

  @Test
  void aCutBetweenTwoMembersIsSaid() throws IOException {
    byte[] archive = Archives.empty().file("1.png", DATA).file("2.png", DATA).finish();
    assertThat(Archives.walk(Arrays.copyOf(archive, 1024)).stream().map(TarIndexTest::text))
        .containsExactly(
            "post 1",
            "broken-archive: at byte 1024: the archive ends without its end mark: it was cut, or"
                + " not closed");
  }

  /** A download that reserved its room leaves zeros, in which the rest of the archive is lost. */
  @Test
  void theLastImageMayNotEndInABlockOfZeros() throws IOException {
    byte[] zeros = Arrays.copyOf(DATA, 600);
    byte[] last = Archives.empty().file("1.png", zeros).file("2.png", zeros).finish();
    last[2048 + 88] = 1;
    assertThat(Archives.walk(last).stream().map(TarIndexTest::text))
        .as("511 zeros")
        .containsExactly("post 1", "post 2");
    last[2048 + 88] = 0;
    assertThat(Archives.walk(last).stream().map(TarIndexTest::text))
        .containsExactly(
            "post 1", "truncated: 2.png: 600 bytes at 2048, the last of which are zeros");
    byte[] bitmap = Archives.empty().file("1.bmp", new byte[600]).finish();
    assertThat(Archives.walk(bitmap).stream().map(TarIndexTest::text)).containsExactly("post 1");
  }

  @Test
  void namesOfOtherEncodingsKeepTheirFoldersApart() throws IOException {
    byte[] archive = Archives.empty().file("x/1.png", DATA).file("y/1.png", DATA).finish();
    for (int header : List.of(0, 1024)) {
      archive[header] = (byte) (0xE9 + header / 1024);
      Archives.mend(archive, header);
    }
    assertThat(Archives.walk(archive).stream().map(TarIndexTest::text))
        .containsExactly("post 1", "post 1");
  }

  @Test
  void saysWhatIsNoArchive() throws IOException {
    assertThat(seen("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n"))
        .startsWith("a pointer of Git LFS");
    byte[] gzip = Arrays.copyOf(new byte[] {0x1f, (byte) 0x8b, 8}, 2000);
    assertThat(seen(new String(gzip, StandardCharsets.ISO_8859_1)))
        .startsWith("compressed by gzip");
    byte[] tar = Archives.empty().file("1.png", DATA).finish();
    String zipped = "PK\3\4" + new String(tar, StandardCharsets.ISO_8859_1); // Stored in a zip.
    assertThat(seen(zipped)).startsWith("a zip archive");
    byte[] page = "<html>403 Forbidden</html>".getBytes(StandardCharsets.UTF_8);
    assertThat(Archives.walk(page).stream().map(TarIndexTest::text))
        .singleElement()
        .asString()
        .startsWith("broken-archive: no tar archive: it seems to be a web page");
    byte[] unread = Archives.empty().file("1.png", DATA).finish();
    Arrays.fill(unread, 124, 135, (byte) 'z'); // Its size, under a check sum that holds.
    Archives.mend(unread, 0);
    assertThat(Archives.walk(unread).stream().map(TarIndexTest::text))
        .contains("broken-archive: a tar archive without a header that can be read");
    assertThat(Archives.walk(new byte[0])).hasSize(1);
    assertThat(Archives.walk(new byte[10240])).hasSize(1);
  }

  private static String seen(String file) throws IOException {
    List<ArchiveEntry> entries = Archives.walk(file.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(entries).hasSize(1);
    String said = TarIndexTest.text(entries.get(0));
    assertThat(said).startsWith("broken-archive: no tar archive: it seems to be ");
    return said.substring(said.indexOf(" be ") + 4);
  }
}
