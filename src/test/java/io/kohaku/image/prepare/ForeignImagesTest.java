package io.kohaku.image.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.image.Bucket;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.OddFiles;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ImageSettings;
import io.kohaku.settings.ImageSettings.Alpha;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.opencv.core.CvType;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * Transparency of PNGs without alpha; and, with {@code -Dodd.images}, a folder of Pillow's test
 * images, against the mean colours that Pillow gives for their quarters.
 */
class ForeignImagesTest {
  private static final ImagePreparer OVER_RED = preparer(Alpha.COMPOSITE, "ff0000");

  private static final Map<String, String> PILLOW = new TreeMap<>();

  static {
    PILLOW.put("README.md", "unknown-format");
    PILLOW.put("anim_frame1.webp", "255 255 255, 255 255 255, 244 225 225, 247 238 237");
    PILLOW.put("apng__mode_16bit.png", "animated");
    PILLOW.put("avif__hopper.avif", "unsupported-format");
    PILLOW.put("avif__xmp_tags_orientation.avif", "unsupported-format");
    PILLOW.put("broken.png", "truncated");
    PILLOW.put("broken_data_stream.png", "undecodable");
    PILLOW.put("decompression_bomb.gif", "too-many-pixels");
    PILLOW.put("flower.jpg", "130 142 107, 105 127 80, 128 137 98, 114 121 92");
    PILLOW.put("flower.webp", "130 142 107, 105 128 80, 128 137 98, 114 121 92");
    PILLOW.put("hopper.gif", "94 73 81, 108 117 155, 81 57 54, 76 74 93");
    PILLOW.put("hopper.jpg", "94 73 81, 108 117 155, 81 57 54, 76 73 93");
    PILLOW.put("hopper.png", "94 73 81, 108 117 155, 81 57 54, 76 73 93");
    PILLOW.put("hopper.webp", "94 73 80, 107 117 155, 82 57 54, 76 74 93");
    // Its data are damaged: Pillow's decoder gives 255 where OpenCV's gives 0, in 3 % of the
    // pixels.
    PILLOW.put("hopper_bad_exif.jpg", "106 106 106, 162 162 162, 92 92 92, 131 131 131");
    PILLOW.put("hopper_orientation_3.webp", "94 73 81, 107 117 155, 82 57 54, 76 74 93");
    PILLOW.put("hopper_orientation_6.jpg", "94 73 81, 108 117 155, 81 57 54, 76 73 93");
    PILLOW.put("p_16.png", "96 96 96, 96 96 96, 96 96 96, 96 96 96");
    PILLOW.put("p_trns_single.png", "208 214 48, 69 219 175, 65 211 187, 170 62 240");
    PILLOW.put("pil_sample_cmyk.jpg", "56 7 10, 39 6 8, 19 5 6, 13 5 6");
    PILLOW.put("tiff_16bit_RGB_target.png", "17 14 11, 50 27 19, 33 23 16, 68 52 40");
    PILLOW.put("truncated_end_chunk.png", "truncated");
    PILLOW.put("truncated_image.png", "truncated");
    PILLOW.put("truncated_jpeg.jpg", "truncated");
  }

  private static ImagePreparer preparer(Alpha alpha, String background) {
    return new ImagePreparer(
        new ImageSettings(
            List.of(),
            1 << 20,
            1_000_000,
            5000,
            1,
            alpha,
            background,
            ImageSettings.Orientation.APPLY,
            ImageSettings.Resize.AREA,
            false,
            new BucketSettings(1024, 1024, 256, 2048, 8, false)));
  }

  @Test
  void aGreyValueMayStandForTransparent() throws ImageRejected {
    byte[] eight = OddFiles.opencv(".png", OddFiles.greyColumns(CvType.CV_8UC1, 10));
    byte[] sixteen = OddFiles.opencv(".png", OddFiles.greyColumns(CvType.CV_16UC1, 2570));
    byte[] file8 = OddFiles.withClear(eight, (byte) 0, (byte) 100);
    byte[] file16 = OddFiles.withClear(sixteen, (byte) (25_700 >> 8), (byte) 25_700);
    for (byte[] file : List.of(file8, file16)) {
      assertThat(pixel(OVER_RED.prepare(file), 10)).isEqualTo("255 0 0");
      assertThat(pixel(OVER_RED.prepare(file), 11)).isEqualTo("110 110 110");
      assertThat(pixel(preparer(Alpha.DROP, "ff0000").prepare(file), 10)).isEqualTo("100 100 100");
    }
    assertThat(pixel(OVER_RED.prepare(eight), 10)).isEqualTo("100 100 100");
  }

  @Test
  void blackOrWhiteMayStandForTransparent() throws ImageRejected {
    byte[] png =
        OddFiles.opencv(
            ".png", OddFiles.greyColumns(CvType.CV_8UC1, 11), Imgcodecs.IMWRITE_PNG_BILEVEL, 1);
    PreparedImage white = OVER_RED.prepare(OddFiles.withClear(png, (byte) 0, (byte) 1));
    assertThat(pixel(white, 0)).isEqualTo("0 0 0");
    assertThat(pixel(white, 23)).isEqualTo("255 0 0");
    PreparedImage black = OVER_RED.prepare(OddFiles.withClear(png, (byte) 0, (byte) 0));
    assertThat(pixel(black, 0)).isEqualTo("255 0 0");
    assertThat(pixel(black, 23)).isEqualTo("255 255 255");
  }

  @Test
  void aColourMayStandForTransparent() throws ImageRejected {
    byte[] png = OddFiles.opencv(".png", OddFiles.bgr(24, 16));
    byte[] clear = {0, 0, 0, 8 * 5, 0, (byte) 200};
    PreparedImage image = OVER_RED.prepare(OddFiles.withClear(png, clear));
    assertThat(pixel(image, 4)).isEqualTo("0 32 200");
    assertThat(pixel(image, 5)).isEqualTo("255 0 0");
  }

  @Test
  void everyFileOfAFolderGivesThePixelsOrTheReasonThatItMust() throws IOException {
    Map<String, byte[]> files = files();
    ImagePreparer preparer = preparer(Alpha.COMPOSITE, "ffffff");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      assertThat(PILLOW).as("what is known").containsKey(file.getKey());
      String expected = PILLOW.get(file.getKey());
      String seen = seen(preparer, file.getValue());
      if (expected.indexOf(',') < 0) {
        assertThat(seen).as(file.getKey()).isEqualTo(expected);
      } else {
        assertThat(distance(seen, expected)).as("%s: %s", file.getKey(), seen).isLessThan(3);
      }
    }
  }

  /** The folder's files, or without a folder one that has no pixels. */
  private static Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    String folder = System.getProperty("odd.images");
    if (folder == null) {
      files.put("broken.png", new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
      return files;
    }
    try (Stream<Path> paths = Files.list(Path.of(folder))) {
      for (Path path : paths.sorted().toList()) {
        files.put(path.getFileName().toString(), Files.readAllBytes(path));
      }
    }
    assertThat(files).hasSize(PILLOW.size());
    return files;
  }

  private static String seen(ImagePreparer preparer, byte[] file) {
    try {
      return quarters(preparer.prepare(file));
    } catch (ImageRejected e) {
      return e.reason().text();
    }
  }

  /** Mean colours of upper left, upper right, lower left and lower right. */
  private static String quarters(PreparedImage image) {
    Bucket bucket = image.placement().bucket();
    double[] sums = new double[12];
    for (int y = 0; y < bucket.height(); y++) {
      for (int x = 0; x < bucket.width(); x++) {
        int quarter = (y < bucket.height() / 2 ? 0 : 2) + (x < bucket.width() / 2 ? 0 : 1);
        for (int channel = 0; channel < 3; channel++) {
          int at = (y * bucket.width() + x) * 3 + channel;
          sums[quarter * 3 + channel] += image.rgb()[at] & 0xFF;
        }
      }
    }
    StringBuilder text = new StringBuilder();
    double size = bucket.width() * bucket.height() / 4.0;
    for (int i = 0; i < sums.length; i++) {
      text.append(i == 0 ? "" : i % 3 == 0 ? ", " : " ").append(Math.round(sums[i] / size));
    }
    return text.toString();
  }

  /** The largest difference of two lists of numbers. */
  private static int distance(String one, String other) {
    String[] ours = one.split(",? ");
    String[] theirs = other.split(",? ");
    assertThat(ours).as(one).hasSameSizeAs(theirs);
    int largest = 0;
    for (int i = 0; i < ours.length; i++) {
      int difference = Math.abs(Integer.parseInt(ours[i]) - Integer.parseInt(theirs[i]));
      largest = Math.max(largest, difference);
    }
    return largest;
  }

  private static String pixel(PreparedImage image, int x) {
    byte[] rgb = image.rgb();
    return (rgb[3 * x] & 0xFF) + " " + (rgb[3 * x + 1] & 0xFF) + " " + (rgb[3 * x + 2] & 0xFF);
  }
}
