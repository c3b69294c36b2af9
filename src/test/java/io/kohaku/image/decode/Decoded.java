package io.kohaku.image.decode;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.header.ImageHeader;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ImageSettings;
import io.kohaku.settings.ImageSettings.Alpha;
import io.kohaku.settings.ImageSettings.Orientation;
import io.kohaku.settings.ImageSettings.Resize;
import java.util.List;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

/** Files as they are decoded: upright, over white, the first frame of up to 100. */
final class Decoded {
  static final ImageSettings SETTINGS =
      new ImageSettings(
          List.of(),
          1 << 20,
          100_000,
          5000,
          100,
          Alpha.COMPOSITE,
          "ffffff",
          Orientation.APPLY,
          Resize.AREA,
          false,
          new BucketSettings(1024, 1024, 256, 2048, 8, false));

  private Decoded() {}

  /** The pixels of a file, of the size that its header says; to be released. */
  static Mat bgr(byte[] file, int reduction) throws ImageRejected {
    NativeOpenCv.load();
    ImageHeader header = ImageHeader.read(file, SETTINGS);
    Mat bgr = new Mat();
    new ImageDecoder(SETTINGS, TurboJpeg.loaded()).decode(file, header, reduction, bgr);
    return bgr;
  }

  /** {@code [height, width, 3]} bytes, red first. */
  static byte[] rgb(byte[] file) throws ImageRejected {
    Mat bgr = bgr(file, 1);
    Imgproc.cvtColor(bgr, bgr, Imgproc.COLOR_BGR2RGB);
    byte[] bytes = new byte[bgr.rows() * bgr.cols() * 3];
    bgr.get(0, 0, bytes);
    bgr.release();
    return bytes;
  }

  /** Width and height, for example {@code 24x16}. */
  static String size(byte[] file) throws ImageRejected {
    Mat bgr = bgr(file, 1);
    String size = bgr.cols() + "x" + bgr.rows();
    bgr.release();
    return size;
  }
}
