package io.kohaku.image.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import io.kohaku.image.decode.NativeOpenCv;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import org.junit.jupiter.api.Test;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** The expected pixels are OpenCV's. */
class AreaShrinkTest {
  @Test
  void isInterAreaBitForBit() {
    NativeOpenCv.load();
    SeededStream random = SeededStream.of(Purpose.TRIAL, 1);
    int shrunk = 0;
    for (int round = 0; round < 300; round++) {
      int width = 1 + random.nextInt(round < 280 ? 200 : 900);
      int height = 1 + random.nextInt(300);
      int targetWidth = 1 + width / 3 + random.nextInt(width - width / 3);
      int targetHeight = 1 + random.nextInt(height);
      Bucket bucket = new Bucket(1 + random.nextInt(targetWidth), 1 + random.nextInt(targetHeight));
      Placement placement = new Placement(width, height, targetWidth, targetHeight, bucket);
      Mat bgr = noise(width, height, round);
      if (AreaShrink.fits(bgr, placement)) {
        assertThat(AreaShrink.rgb(bgr, placement))
            .as("%s", placement)
            .isEqualTo(expected(bgr, placement));
        shrunk++;
      }
      bgr.release();
    }
    assertThat(shrunk).isGreaterThan(200);
  }

  @Test
  void leavesWholePartsAndEnlargingToOpenCv() {
    NativeOpenCv.load();
    Mat bgr = noise(40, 60, 1);
    assertThat(AreaShrink.fits(bgr, placement(39, 60))).isTrue();
    assertThat(AreaShrink.fits(bgr, placement(40, 60))).isFalse();
    assertThat(AreaShrink.fits(bgr, placement(20, 20))).isFalse();
    assertThat(AreaShrink.fits(bgr, placement(13, 30))).isFalse();
    assertThat(AreaShrink.fits(bgr, placement(14, 30))).isTrue();
    assertThat(AreaShrink.fits(bgr, placement(41, 30))).isFalse();
    assertThat(AreaShrink.fits(bgr, placement(30, 61))).isFalse();
  }

  private static Placement placement(int width, int height) {
    return new Placement(40, 60, width, height, new Bucket(8, 8));
  }

  /** Every third picture is black and white only: the extremes. */
  private static Mat noise(int width, int height, int seed) {
    Mat bgr = new Mat(height, width, CvType.CV_8UC3);
    Core.setRNGSeed(seed);
    Core.randu(bgr, 0, 256);
    if (seed % 3 == 0) {
      Imgproc.threshold(bgr, bgr, seed % 2 == 0 ? 10 : 128, 255, Imgproc.THRESH_BINARY);
    }
    return bgr;
  }

  private static byte[] expected(Mat bgr, Placement placement) {
    Mat resized = new Mat();
    Size size = new Size(placement.resizedWidth(), placement.resizedHeight());
    Imgproc.resize(bgr, resized, size, 0, 0, Imgproc.INTER_AREA);
    Bucket bucket = placement.bucket();
    Mat cropped =
        resized.submat(
            new Rect(placement.cropLeft(), placement.cropTop(), bucket.width(), bucket.height()));
    Mat rgb = new Mat();
    Imgproc.cvtColor(cropped, rgb, Imgproc.COLOR_BGR2RGB);
    byte[] bytes = new byte[bucket.width() * bucket.height() * 3];
    rgb.get(0, 0, bytes);
    rgb.release();
    cropped.release();
    resized.release();
    return bytes;
  }
}
