package io.kohaku.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.OddFiles;
import io.kohaku.image.header.ImageHeader;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ImageSettings;
import io.kohaku.settings.ImageSettings.Alpha;
import io.kohaku.settings.ImageSettings.Orientation;
import io.kohaku.settings.ImageSettings.Resize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/** The fast decoder against OpenCV's: the same bytes, or left to it. */
class TurboJpegTest {
  private static final int[][] SIZES = {{1, 1}, {7, 5}, {16, 16}, {17, 33}, {200, 151}};
  private static final ImageSettings SETTINGS =
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
          new BucketSettings(1024, 1024, 256, 2048, 8, false));

  private static TurboJpeg turbo() {
    NativeOpenCv.load();
    return TurboJpeg.loaded().orElseThrow();
  }

  /** Soft shapes under a grain. */
  private static Mat picture(int width, int height) {
    NativeOpenCv.load();
    Mat seeds = new Mat(height / 20 + 2, width / 20 + 2, CvType.CV_8UC3);
    Core.setRNGSeed(5);
    Core.randu(seeds, 0, 256);
    Mat picture = new Mat();
    Imgproc.resize(seeds, picture, new Size(width, height), 0, 0, Imgproc.INTER_CUBIC);
    Mat grain = new Mat(height, width, CvType.CV_8UC3);
    Core.randn(grain, 6, 6);
    Core.add(picture, grain, picture);
    return picture;
  }

  private static byte[] jpeg(int width, int height, int sampling, boolean progressive) {
    return OddFiles.opencv(
        ".jpg",
        picture(width, height),
        Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR,
        sampling,
        Imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
        progressive ? 1 : 0);
  }

  private static ImageHeader header(byte[] file) throws ImageRejected {
    return ImageHeader.read(file, SETTINGS);
  }

  private static byte[] bytes(Mat bgr) {
    byte[] bytes = new byte[bgr.rows() * bgr.cols() * 3];
    bgr.get(0, 0, bytes);
    bgr.release();
    return bytes;
  }

  /** What a decode gives: its pixels, or its reason. */
  private static Object result(byte[] file, int reduction, Optional<TurboJpeg> turbo) {
    Mat bgr = new Mat();
    try {
      new ImageDecoder(SETTINGS, turbo).decode(file, header(file), reduction, bgr);
      return bytes(bgr);
    } catch (ImageRejected e) {
      return e.reason() + ": " + e.getMessage();
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_411,
        Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420,
        Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_422,
        Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_440,
        Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444
      })
  void givesTheBytesThatOpenCvGives(int sampling) throws ImageRejected {
    for (int[] size : SIZES) {
      for (boolean progressive : new boolean[] {false, true}) {
        byte[] file = jpeg(size[0], size[1], sampling, progressive);
        assertThat(header(file).plainJpeg()).isTrue();
        for (int reduction : new int[] {1, 2, 4, 8}) {
          Mat bgr = new Mat();
          assertThat(turbo().decode(file, reduction, bgr)).isTrue();
          assertThat(bytes(bgr))
              .as("%dx%d %b / %d", size[0], size[1], progressive, reduction)
              .isEqualTo(result(file, reduction, Optional.empty()));
        }
      }
    }
  }

  @Test
  void givesTheSameOfEveryOddFile() {
    OddFiles.all()
        .forEach(
            (name, file) ->
                assertThat(result(file, 1, TurboJpeg.loaded()))
                    .as(name)
                    .isEqualTo(result(file, 1, Optional.empty())));
  }

  @Test
  void leavesWhatIsNotPlainToOpenCv() throws ImageRejected {
    byte[] progressive = jpeg(64, 64, Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_444, true);
    for (int scans = 1; scans <= 9; scans++) {
      byte[] early = withScans(progressive, scans);
      assertThat(header(early).plainJpeg()).as(scans + " of 10 scans").isFalse();
      assertThat(result(early, 1, TurboJpeg.loaded()))
          .isEqualTo(result(early, 1, Optional.empty()));
    }
    assertThat(header(OddFiles.cmykJpeg()).plainJpeg()).isFalse();
    assertThat(header(OddFiles.all().get("grey.jpg")).plainJpeg()).isFalse();
  }

  /** The first scans of a progressive JPEG, ended as a whole file is. */
  private static byte[] withScans(byte[] jpeg, int count) {
    int seen = 0;
    for (int at = 2; ; at++) {
      if (jpeg[at] == (byte) 0xFF && jpeg[at + 1] == (byte) 0xDA && seen++ == count) {
        byte[] early = Arrays.copyOf(jpeg, at + 2);
        early[at + 1] = (byte) 0xD9;
        return early;
      }
    }
  }

  /** Which pixels a decoder makes of damage that it does not notice is not compared. */
  @Test
  void damageGivesPixelsOrTheSameReason() {
    SeededStream random = SeededStream.of(Purpose.TRIAL, 11);
    int pixels = 0;
    for (boolean progressive : new boolean[] {false, true}) {
      byte[] whole = jpeg(60, 44, Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420, progressive);
      for (int round = 0; round < 300; round++) {
        byte[] damaged = Arrays.copyOf(whole, whole.length - (round % 5 == 0 ? round : 0));
        for (int flips = random.nextInt(3); flips >= 0; flips--) {
          damaged[2 + random.nextInt(damaged.length - 2)] = (byte) random.nextLong();
        }
        Object slow = result(damaged, 1, Optional.empty());
        Object fast = result(damaged, 1, TurboJpeg.loaded());
        if (slow instanceof byte[] some) {
          assertThat(fast).asInstanceOf(InstanceOfAssertFactories.BYTE_ARRAY).hasSameSizeAs(some);
          pixels++;
        } else {
          assertThat(fast).isEqualTo(slow);
        }
      }
    }
    assertThat(pixels).isBetween(100, 500);
  }

  @Test
  void threadsDoNotDisturbOneAnother() throws Exception {
    byte[] file = jpeg(200, 151, Imgcodecs.IMWRITE_JPEG_SAMPLING_FACTOR_420, false);
    Object expected = result(file, 1, Optional.empty());
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<Object>> results = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      results.add(pool.submit(() -> result(file, 1, TurboJpeg.loaded())));
    }
    for (Future<Object> result : results) {
      assertThat(result.get()).isEqualTo(expected);
    }
    pool.shutdown();
  }
}
