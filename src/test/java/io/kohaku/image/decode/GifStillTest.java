package io.kohaku.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.header.ImageHeader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GIFs of 6x4 pixels whose place {@code p} in the table has the colour (20 p, p, 255 - p). */
class GifStillTest {
  private static final int WIDTH = 6;
  private static final int HEIGHT = 4;
  private static final int COLOURS = 8;

  /** A screen with a table of {@link #COLOURS}, blocks, and a trailer. */
  private static byte[] gif(int width, int height, byte[]... blocks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(new byte[] {(byte) width, 0, (byte) height, 0, (byte) 0x82, 0, 0});
    for (int place = 0; place < COLOURS; place++) {
      out.writeBytes(new byte[] {(byte) (20 * place), (byte) place, (byte) (255 - place)});
    }
    for (byte[] block : blocks) {
      out.writeBytes(block);
    }
    out.write(0x3B);
    return out.toByteArray();
  }

  /** Pixel x, y has place (x + y + first) % 10; each has a code of 8 bits. */
  private static byte[] frame(int left, int top, int first) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x2C, (byte) left, 0, (byte) top, 0, WIDTH, 0, HEIGHT, 0, 0});
    out.write(7);
    out.write(WIDTH * HEIGHT + 2);
    out.write(0x80);
    for (int at = 0; at < WIDTH * HEIGHT; at++) {
      out.write((at % WIDTH + at / WIDTH + first) % 10);
    }
    out.writeBytes(new byte[] {(byte) 0x81, 0});
    return out.toByteArray();
  }

  private static byte[] control(int clear) {
    return new byte[] {0x21, (byte) 0xF9, 4, 1, 0, 0, (byte) clear, 0};
  }

  /** What a frame shows on white where {@code clear} is transparent. */
  private static byte[] shown(int width, int height, int left, int top, int clear) {
    byte[] rgb = new byte[width * height * 3];
    Arrays.fill(rgb, (byte) 255);
    for (int at = 0; at < WIDTH * HEIGHT; at++) {
      int place = (at % WIDTH + at / WIDTH) % 10;
      int to = 3 * ((top + at / WIDTH) * width + left + at % WIDTH);
      if (place != clear) {
        boolean known = place < COLOURS;
        rgb[to] = (byte) (known ? 20 * place : 0);
        rgb[to + 1] = (byte) (known ? place : 0);
        rgb[to + 2] = (byte) (known ? 255 - place : 0);
      }
    }
    return rgb;
  }

  private static final byte[] PLAIN = shown(WIDTH, HEIGHT, 0, 0, -1);

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 4", "6, 0", "2, 2", "6, 4"})
  void theScreenHoldsTheFirstFrame(int width, int height) throws ImageRejected {
    assertThat(Decoded.rgb(gif(width, height, frame(0, 0, 0)))).isEqualTo(PLAIN);
  }

  @Test
  void theFirstFrameLiesOnTheScreenWhateverFollows() throws ImageRejected {
    byte[] later = frame(50, 50, 3);
    assertThat(Decoded.rgb(gif(9, 7, frame(2, 1, 0)))).isEqualTo(shown(9, 7, 2, 1, -1));
    assertThat(Decoded.rgb(gif(0, 0, frame(2, 1, 0), later))).isEqualTo(shown(8, 5, 2, 1, -1));
  }

  @Test
  void placesBeyondTheTableAreBlackUnlessClear() throws ImageRejected {
    for (int clear : new int[] {3, 9, 200}) {
      assertThat(Decoded.rgb(gif(6, 4, control(clear), frame(0, 0, 0))))
          .as("clear: %s", clear)
          .isEqualTo(shown(6, 4, 0, 0, clear));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "\0\0\0\0", "\u00FF\u00FE", "junk, more; junk!", "\0\0junk"})
  void whatFollowsTheFrameDoesNotMatter(String junk) throws ImageRejected {
    byte[] bytes = junk.getBytes(StandardCharsets.ISO_8859_1);
    byte[] file = gif(6, 4, frame(0, 0, 0), bytes);
    assertThat(ImageHeader.read(file, Decoded.SETTINGS).frames()).isEqualTo(1);
    assertThat(Decoded.rgb(file)).isEqualTo(PLAIN);
    assertThat(Decoded.rgb(Arrays.copyOf(file, file.length - 1))).as("cut").isEqualTo(PLAIN);
  }

  @Test
  void anEndTooManyHidesNoFrame() throws ImageRejected {
    byte[] file = gif(6, 4, new byte[2], frame(0, 0, 0), new byte[1], frame(0, 0, 1));
    assertThat(ImageHeader.read(file, Decoded.SETTINGS).frames()).isEqualTo(2);
    assertThat(Decoded.rgb(file)).isEqualTo(PLAIN);
  }

  @Test
  void rejectsWhatHasNoPicture() {
    byte[] bare = gif(6, 4, frame(0, 0, 0));
    byte[] colourless = Arrays.copyOfRange(bare, 3 * COLOURS, bare.length);
    System.arraycopy(bare, 0, colourless, 0, 13);
    colourless[10] = 0;
    assertThatThrownBy(() -> Decoded.rgb(colourless)).hasMessage("a GIF without a colour table");
    assertThatThrownBy(() -> Decoded.rgb(gif(6, 4))).hasMessage("a GIF without a frame");
    assertThatThrownBy(() -> Decoded.rgb(gif(6, 4, new byte[] {-1}, frame(0, 0, 0))))
        .hasMessage("unknown GIF block ff at byte 37");
    byte[] longer = {0x21, (byte) 0xF9, 5, 1, 0, 0, 3, 0, 0};
    assertThatThrownBy(() -> Decoded.rgb(gif(6, 4, longer, frame(0, 0, 0))))
        .hasMessage("the GIF control block at byte 37 is not of 4 bytes");
  }
}
