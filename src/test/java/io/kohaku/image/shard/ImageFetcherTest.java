package io.kohaku.image.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.image.ImageRejected;
import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFetcherTest {
  @TempDir private Path folder;
  private Path shard;
  private ImageSource image;

  @BeforeEach
  void index() throws IOException {
    shard = folder.resolve("0.tar");
    Files.write(shard, Archives.empty().file("1.png", TarIndexTest.DATA).finish());
    ShardSource source = ShardListing.list(List.of(folder.toString()), new Configuration()).get(0);
    image = new ImageSource(source.path(), 512, TarIndexTest.DATA.length, source.stamp());
  }

  private byte[] fetch(ImageSource source) throws IOException, ImageRejected {
    try (ImageFetcher fetcher = new ImageFetcher(new Configuration(), 1000)) {
      return fetcher.fetch(source);
    }
  }

  @Test
  void readsAnImageOfAnArchiveThatIsAsItWas() throws IOException, ImageRejected {
    assertThat(fetch(image)).isEqualTo(TarIndexTest.DATA);
    assertThatThrownBy(() -> fetch(new ImageSource(image.shard(), 512, 1001, image.stamp())))
        .isInstanceOf(ImageRejected.class);
  }

  @Test
  void readsNothingOfAnArchiveThatChangedSinceItWasIndexed() throws IOException {
    byte[] same = Files.readAllBytes(shard);
    Files.setLastModifiedTime(shard, FileTime.fromMillis(1_000_000));
    assertUnusable("it has changed since it was indexed (index the shards again)");
    FileTime before = Files.getLastModifiedTime(shard);
    Files.write(shard, Archives.concat(same, new byte[512]));
    Files.setLastModifiedTime(shard, before);
    assertUnusable("it has changed since it was indexed (index the shards again)");
    Files.delete(shard);
    assertUnusable("(put it back, or index the shards again)");
  }

  private void assertUnusable(String why) {
    assertThatThrownBy(() -> fetch(image))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(image.shard())
        .hasMessageEndingWith(why);
  }
}
