package io.kohaku.latent.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.image.shard.ImageSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class WantedImageTest {
  private static final WantedImage ONE =
      new WantedImage(1, new ImageSource("a.tar", 512, 10, 99), null);
  private static final WantedImage TWO =
      new WantedImage(2, new ImageSource("a.tar", 1536, 20, 99), null);

  /** A name that changes makes every killed job encode again what it had finished. */
  @Test
  void aChunkIsNamedByItsImagesInWhateverOrder() {
    assertThat(WantedImage.chunk("key", List.of(ONE, TWO)))
        .isEqualTo(WantedImage.chunk("key", List.of(TWO, ONE)))
        .isEqualTo("5f3e55817b2833c85f169de3")
        .isNotEqualTo(WantedImage.chunk("other", List.of(ONE, TWO)))
        .isNotEqualTo(WantedImage.chunk("key", List.of(ONE)));
  }
}
