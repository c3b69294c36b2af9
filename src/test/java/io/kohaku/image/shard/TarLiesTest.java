package io.kohaku.image.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
            "duplicate: 1.png: 21 bytes at 512, for which newer ones are at 1536", "post 1");
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
  void saysWhatIsNoArchive() throws IOException {
    byte[] page = "<html>403 Forbidden</html>".getBytes(StandardCharsets.UTF_8);
    assertThat(Archives.walk(page).stream().map(TarIndexTest::text))
        .singleElement()
        .asString()
        .startsWith("broken-archive: no tar archive: it seems to be a web page");
    assertThat(Archives.walk(new byte[0])).hasSize(1);
    assertThat(Archives.walk(new byte[10240])).hasSize(1);
  }
}
