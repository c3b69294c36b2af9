package io.kohaku.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.image.AnimatedFiles;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.OddFiles;
import io.kohaku.image.Pictures;
import io.kohaku.image.RejectReason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** JPEG, PNG and WebP files that break their format's rules and that browsers show all the same. */
class ShownImagesTest {
  private static final byte[] JPEG = Pictures.encoded(Pictures.picture(24, 16, 1), "jpg");
  private static final byte[] PNG = Pictures.png(24, 16, 1);

  private static final Map<String, byte[]> JUNK =
      new TreeMap<>(
          Map.of(
              "a letter", bytes("A"),
              "zeros", new byte[26],
              "stuffing", new byte[] {-1, 0, -1, 0},
              "filling", new byte[] {-1, -1, -1},
              "text", bytes("between two segments"),
              "a restart", new byte[] {-1, (byte) 0xD3}));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Where the segment after so many others begins. */
  private static int segment(byte[] jpeg, int number) {
    int at = 2;
    for (int i = 0; i < number; i++) {
      at += 2 + ((jpeg[at + 2] & 0xFF) << 8 | jpeg[at + 3] & 0xFF);
    }
    return at;
  }

  private static byte[] exif(int orientation) {
    byte[] turned = OddFiles.withExif(JPEG, orientation);
    return Arrays.copyOfRange(turned, 2, 2 + turned.length - JPEG.length);
  }

  @Test
  void junkBetweenSegmentsChangesNoPixel() throws ImageRejected {
    byte[] upright = Decoded.rgb(JPEG);
    byte[] cmyk = Decoded.rgb(OddFiles.cmykJpeg());
    for (Map.Entry<String, byte[]> junk : JUNK.entrySet()) {
      for (int number = 0; number < 5; number++) {
        int at = segment(JPEG, number);
        if (number > 0 || junk.getValue()[0] == -1) { // What is to be a JPEG begins with FF D8 FF.
          assertThat(Decoded.rgb(OddFiles.insert(JPEG, at, junk.getValue())))
              .as("%s before segment %s", junk.getKey(), number)
              .isEqualTo(upright);
        }
      }
      byte[] inks = OddFiles.cmykJpeg();
      assertThat(Decoded.rgb(OddFiles.insert(inks, segment(inks, 1), junk.getValue())))
          .as("%s in CMYK", junk.getKey())
          .isEqualTo(cmyk);
      byte[] turned =
          OddFiles.insert(
              OddFiles.insert(JPEG, segment(JPEG, 1), exif(6)), segment(JPEG, 1), junk.getValue());
      assertThat(Decoded.size(turned)).as("%s before EXIF", junk.getKey()).isEqualTo("16x24");
    }
  }

  @Test
  void theFirstExifSegmentBeforeTheScanCounts() throws ImageRejected {
    byte[] six = exif(6);
    byte[] three = exif(3);
    byte[] none = exif(0);
    assertThat(Decoded.rgb(OddFiles.insert(OddFiles.insert(JPEG, 2, three), 2, six)))
        .isEqualTo(Decoded.rgb(OddFiles.insert(JPEG, 2, six)));
    assertThat(Decoded.size(OddFiles.insert(OddFiles.insert(JPEG, 2, six), 2, none)))
        .isEqualTo("24x16");
    byte[] others = {-1, (byte) 0xE1, 0, 6, 'h', 't', 't', 'p', -1, (byte) 0xED, 0, 2};
    assertThat(Decoded.size(OddFiles.insert(OddFiles.insert(JPEG, 2, six), 2, others)))
        .isEqualTo("16x24");
    assertThat(Decoded.size(OddFiles.insert(JPEG, JPEG.length - 2, six))).isEqualTo("24x16");
  }

  @Test
  void aPngIsTurnedByItsExifOrShownWithoutIt() throws ImageRejected {
    byte[] tiff = Arrays.copyOfRange(exif(6), 10, exif(6).length);
    byte[] prefixed = OddFiles.insert(tiff, 0, bytes("Exif\0\0"));
    for (byte[] data : List.of(tiff, prefixed)) {
      byte[] chunk = OddFiles.chunk("eXIf", data);
      assertThat(Decoded.size(OddFiles.insert(PNG, 33, chunk))).isEqualTo("16x24");
      assertThat(Decoded.size(OddFiles.insert(PNG, PNG.length - 12, chunk))).isEqualTo("16x24");
    }
    byte[] upright = Decoded.rgb(PNG);
    for (String nonsense : List.of("", "MM", "Model: none, a text of some bytes", "\0\0\0\0\0\0")) {
      byte[] chunk = OddFiles.chunk("eXIf", bytes(nonsense));
      assertThat(Decoded.rgb(OddFiles.insert(PNG, 33, chunk))).as(nonsense).isEqualTo(upright);
    }
  }

  @Test
  void aNumberOfFramesThatCannotBeMakesNoAnimation() throws ImageRejected {
    for (byte[] control : List.of(new byte[8], new byte[] {-1, 0, 0, 0, 0, 0, 0, 0})) {
      assertThat(Decoded.size(OddFiles.insert(PNG, 33, OddFiles.chunk("acTL", control))))
          .isEqualTo("24x16");
    }
    byte[] late = OddFiles.chunk("acTL", new byte[] {0, 0, 1, 0, 0, 0, 0, 0});
    assertThat(Decoded.size(OddFiles.insert(PNG, PNG.length - 12, late))).isEqualTo("24x16");
  }

  @Test
  void aWebpFrameLiesOnItsCanvas() throws ImageRejected {
    byte[] frame = Decoded.rgb(AnimatedFiles.webp(1, 24, 16, 0, 0));
    for (int frames = 1; frames <= 2; frames++) {
      byte[] file = AnimatedFiles.webp(frames, 200, 150, 10, 6);
      assertThat(Decoded.size(file)).isEqualTo("200x150");
      byte[] canvas = Decoded.rgb(file);
      for (int at = 0; at < 200 * 150; at++) {
        int x = at % 200 - 10;
        int y = at / 200 - 6;
        boolean inside = x >= 0 && x < 24 && y >= 0 && y < 16;
        byte[] expected = {-1, -1, -1};
        if (inside) {
          expected = Arrays.copyOfRange(frame, 3 * (y * 24 + x), 3 * (y * 24 + x) + 3);
        }
        assertThat(Arrays.copyOfRange(canvas, 3 * at, 3 * at + 3)).isEqualTo(expected);
      }
    }
  }

  @Test
  void aWebpFrameOffItsCanvasIsRejected() {
    for (byte[] file :
        List.of(AnimatedFiles.webp(1, 24, 16, 2, 0), AnimatedFiles.webp(2, 20, 150, 0, 0))) {
      assertThatThrownBy(() -> Decoded.rgb(file))
          .isInstanceOfSatisfying(
              ImageRejected.class, e -> assertThat(e.reason()).isEqualTo(RejectReason.UNDECODABLE))
          .hasMessageContaining("does not fit the WebP's canvas");
    }
  }

  /** A byte of flags stands behind the first chunk's header; all of them may lie but EXIF's. */
  @Test
  void aWebpIsWhatItsChunksAre() throws ImageRejected {
    byte[] animated = AnimatedFiles.webp(1);
    byte[] expected = Decoded.rgb(animated);
    for (int flags : new int[] {0, 0x10, 0x3E}) {
      byte[] file = animated.clone();
      file[20] = (byte) flags;
      assertThat(Decoded.rgb(file)).as("flags %s", flags).isEqualTo(expected);
    }
    byte[] tiff = Arrays.copyOfRange(exif(6), 10, exif(6).length);
    byte[] chunk = OddFiles.insert(tiff, 0, bytes("EXIF" + (char) tiff.length + "\0\0\0"));
    byte[] file = OddFiles.insert(animated, animated.length, chunk);
    file[4] += (byte) chunk.length;
    assertThat(Decoded.size(file)).isEqualTo("24x16");
    file[20] |= 8;
    assertThat(Decoded.size(file)).isEqualTo("16x24");
  }
}
