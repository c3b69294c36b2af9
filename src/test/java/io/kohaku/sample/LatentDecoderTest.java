package io.kohaku.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.sample.LatentDecoder.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatentDecoderTest {
  @Test
  void aShortSideIsOneTile() {
    assertThat(Span.cover(96, 128, 32)).containsExactly(new Span(0, 96, 0, 0));
    assertThat(Span.cover(128, 128, 32)).containsExactly(new Span(0, 128, 0, 0));
  }

  @Test
  void tilesCoverALongSideAndOverlap() {
    for (int side = 129; side <= 600; side++) {
      List<Span> spans = Span.cover(side, 128, 32);
      assertThat(spans.get(0).start()).isZero();
      assertThat(spans.get(spans.size() - 1).start() + 128).isEqualTo(side);
      for (int i = 1; i < spans.size(); i++) {
        int shared = spans.get(i - 1).start() + 128 - spans.get(i).start();
        assertThat(shared).isBetween(32, 127);
        assertThat(spans.get(i).before()).isEqualTo(shared);
        assertThat(spans.get(i - 1).after()).isEqualTo(shared);
      }
    }
    assertThat(Span.cover(224, 128, 32)).hasSize(2);
    assertThat(Span.cover(225, 128, 32)).hasSize(3);
  }
}
