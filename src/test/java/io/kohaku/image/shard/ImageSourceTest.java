package io.kohaku.image.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class ImageSourceTest {
  private static final Path PATH = new Path("/shards/0003.tar");

  private static long stamp(long length, long modified) {
    return ImageSource.stamp(new FileStatus(length, false, 1, 1, modified, PATH));
  }

  @Test
  void aStampIsTheOneThatIndexesKeep() {
    assertThat(stamp(1_234_567, 1_700_000_000_000L)).isEqualTo(-2898806217367312060L);
    assertThat(stamp(0, 0)).isEqualTo(1825907084063272085L);
  }
}
