package io.kohaku.image.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.image.Bucket;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.OddFiles;
import io.kohaku.image.Pictures;
import io.kohaku.image.RejectReason;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ImageSettings;
import io.kohaku.settings.ImageSettings.Alpha;
import io.kohaku.settings.ImageSettings.Orientation;
import io.kohaku.settings.ImageSettings.Resize;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OddImagesTest {
  /** Without upscaling and in steps of 8: small images keep their pixels. */
  static ImageSettings settings(Alpha alpha, Orientation orientation) {
    return new ImageSettings(
        List.of(),
        1 << 20,
        1_000_000,
        5000,
        1,
        alpha,
        "ffffff",
        orientation,
        Resize.AREA,
        false,
        new BucketSettings(1024, 1024, 256, 2048, 8, false));
  }

  private static final Map<String, byte[]> FILES = OddFiles.all();
  private static final ImagePreparer DEFAULT =
      new ImagePreparer(settings(Alpha.COMPOSITE, Orientation.APPLY));
  private static final ImagePreparer CARD =
      new ImagePreparer(settings(Alpha.DROP, Orientation.IGNORE));

  @ParameterizedTest
  @CsvSource({
    "animated.webp, ANIMATED, '2 frames, images.max-frames is 1'",
    "animated.gif, ANIMATED, '2 frames, images.max-frames is 1'",
    "animated.png, ANIMATED, '2 frames, images.max-frames is 1'",
    "picture.avif, UNSUPPORTED_FORMAT, 'no AVIF decoder for Java is bundled'",
    "empty.png, UNKNOWN_FORMAT, 'the file begins with , no image format'",
    "text.png, UNKNOWN_FORMAT, 'the file begins with 3c68746d6c3e6e6f, no image format'",
    "four-gigapixels.png, TOO_MANY_PIXELS, '65536x65536 pixels, images.max-pixels is 1000000'",
    "cut-bomb.png, TOO_MANY_PIXELS, '65536x65536 pixels, images.max-pixels is 1000000'",
    "bomb.gif, TOO_MANY_PIXELS, '65535x65535 pixels, images.max-pixels is 1000000'",
    "flipped-bit.png, UNDECODABLE, 'the check sum of chunk IDAT at byte 33 is off'",
  })
  void rejectsWithTheReason(String name, RejectReason reason, String message) {
    assertThatThrownBy(() -> DEFAULT.prepare(FILES.get(name)))
        .isInstanceOfSatisfying(ImageRejected.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut-plain.png", "cut-plain.jpg", "cut-lossy.webp", "cut-plain.gif"})
  void rejectsCutFiles(String name) {
    assertThatThrownBy(() -> DEFAULT.prepare(FILES.get(name)))
        .isInstanceOfSatisfying(
            ImageRejected.class, e -> assertThat(e.reason()).isEqualTo(RejectReason.TRUNCATED));
  }

  @Test
  void rejectsFilesAndSidesBeyondTheLimits() {
    assertThatThrownBy(() -> DEFAULT.prepare(new byte[(1 << 20) + 1]))
        .hasMessage("1048577 bytes, images.max-bytes is 1048576");
    assertThatThrownBy(() -> DEFAULT.prepare(Pictures.png(5001, 8, 1)))
        .hasMessage("5001x8 pixels, images.max-side is 5000");
    ImagePreparer enlarging =
        new ImagePreparer(
            new ImageSettings(
                List.of(),
                1 << 20,
                1_000_000,
                5000,
                1,
                Alpha.DROP,
                "ffffff",
                Orientation.IGNORE,
                Resize.AREA,
                false,
                new BucketSettings(1024, 1024, 256, 4096, 64, true)));
    assertThatThrownBy(() -> enlarging.prepare(Pictures.png(4000, 8, 1)))
        .hasMessage("resized to 128000x256 to cover bucket 4096x256, images.max-pixels is 1000000");
  }

  @Test
  void losslessFormatsKeepEveryPixel() throws ImageRejected {
    byte[] expected = rgb(Pictures.picture(24, 16, 1));
    for (String name : List.of("plain.png", "plain.bmp")) {
      assertThat(DEFAULT.prepare(FILES.get(name)).rgb()).as(name).isEqualTo(expected);
    }
    PreparedImage frame = DEFAULT.prepare(FILES.get("one-frame.webp"));
    assertThat(pixel(frame, 5, 3)).containsExactly(24, 40, 200);
  }

  @Test
  void lossyFormatsStayClose() throws ImageRejected {
    byte[] expected = rgb(Pictures.picture(24, 16, 1));
    assertThat(meanDifference(DEFAULT.prepare(FILES.get("plain.jpg")).rgb(), expected))
        .isLessThan(12);
    assertThat(pixel(DEFAULT.prepare(FILES.get("grey.jpg")), 3, 3)).containsExactly(100, 100, 100);
    PreparedImage webp = DEFAULT.prepare(FILES.get("lossy.webp"));
    assertThat(Math.abs(pixel(webp, 12, 8)[2] - 200)).isLessThan(6);
    PreparedImage gif = DEFAULT.prepare(FILES.get("plain.gif"));
    assertThat(meanDifference(gif.rgb(), expected)).isLessThan(20);
  }

  @Test
  void cmykHasTheColoursOfItsInks() throws ImageRejected {
    PreparedImage image = DEFAULT.prepare(OddFiles.cmykJpeg());
    int[][] expected = {{0, 255, 255}, {255, 0, 0}, {127, 127, 127}, {164, 134, 103}};
    int[][] places = {{4, 4}, {12, 4}, {4, 12}, {12, 12}};
    for (int i = 0; i < 4; i++) {
      int[] pixel = pixel(image, places[i][0], places[i][1]);
      for (int channel = 0; channel < 3; channel++) {
        assertThat(Math.abs(pixel[channel] - expected[i][channel]))
            .as("block %d: %s", i, Arrays.toString(pixel))
            .isLessThanOrEqualTo(2);
      }
    }
  }

  @Test
  void alphaIsLaidOverTheBackgroundOrDropped() throws ImageRejected {
    for (String name : List.of("alpha.png", "alpha.webp")) {
      byte[] file = FILES.get(name);
      assertThat(pixel(DEFAULT.prepare(file), 0, 0)).as(name).containsExactly(255, 255, 255);
      assertThat(pixel(DEFAULT.prepare(file), 23, 0)).as(name).containsExactly(0, 0, 255);
      int opacity = 12 * 255 / 23;
      assertThat(pixel(DEFAULT.prepare(file), 12, 0))
          .as(name)
          .containsExactly(255 - opacity, 255 - opacity, 255);
    }
    assertThat(pixel(CARD.prepare(FILES.get("alpha.png")), 0, 0)).containsExactly(0, 0, 255);
    byte[] palette = FILES.get("palette.png");
    assertThat(pixel(DEFAULT.prepare(palette), 0, 0)).containsExactly(255, 255, 255);
    assertThat(pixel(CARD.prepare(palette), 0, 0)).containsExactly(255, 0, 0);
    assertThat(pixel(DEFAULT.prepare(palette), 23, 0)).containsExactly(0, 255, 0);
  }

  @Test
  void sixteenBitsAreScaledToEight() throws ImageRejected {
    PreparedImage image = DEFAULT.prepare(FILES.get("sixteen-bit.png"));
    assertThat(pixel(image, 7, 5)).containsExactly(255, 70, 70);
  }

  @Test
  void orientationTurnsTheImageUpright() throws ImageRejected {
    byte[] jpeg = Pictures.encoded(Pictures.picture(24, 16, 1), "jpg");
    byte[] upright = CARD.prepare(jpeg).rgb();
    for (int orientation = 1; orientation <= 8; orientation++) {
      byte[] file = OddFiles.withExif(jpeg, orientation);
      assertThat(CARD.prepare(file).rgb()).as("ignored").isEqualTo(upright);
      PreparedImage turned = DEFAULT.prepare(file);
      Bucket bucket = turned.placement().bucket();
      assertThat(bucket.name()).isEqualTo(orientation < 5 ? "24x16" : "16x24");
      for (int y = 0; y < bucket.height(); y++) {
        for (int x = 0; x < bucket.width(); x++) {
          int[] stored = stored(orientation, x, y);
          assertThat(pixel(turned, x, y))
              .as("orientation %d at %d,%d", orientation, x, y)
              .isEqualTo(pixel(upright, 24, stored[0], stored[1]));
        }
      }
    }
  }

  /** Where EXIF says that an upright pixel is stored in 24x16 pixels. */
  private static int[] stored(int orientation, int x, int y) {
    return switch (orientation) {
      case 2 -> new int[] {23 - x, y};
      case 3 -> new int[] {23 - x, 15 - y};
      case 4 -> new int[] {x, 15 - y};
      case 5 -> new int[] {y, x};
      case 6 -> new int[] {y, 15 - x};
      case 7 -> new int[] {23 - y, 15 - x};
      case 8 -> new int[] {23 - y, x};
      default -> new int[] {x, y};
    };
  }

  private static int[] pixel(PreparedImage image, int x, int y) {
    return pixel(image.rgb(), image.placement().bucket().width(), x, y);
  }

  private static int[] pixel(byte[] rgb, int width, int x, int y) {
    int at = (y * width + x) * 3;
    return new int[] {rgb[at] & 0xFF, rgb[at + 1] & 0xFF, rgb[at + 2] & 0xFF};
  }

  private static byte[] rgb(BufferedImage image) {
    byte[] bytes = new byte[image.getWidth() * image.getHeight() * 3];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        bytes[at++] = (byte) (rgb >> 16);
        bytes[at++] = (byte) (rgb >> 8);
        bytes[at++] = (byte) rgb;
      }
    }
    return bytes;
  }

  private static double meanDifference(byte[] a, byte[] b) {
    assertThat(a).hasSameSizeAs(b);
    long sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xFF) - (b[i] & 0xFF));
    }
    return (double) sum / a.length;
  }
}
