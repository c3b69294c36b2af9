package io.kohaku.image.decode;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.kohaku.image.header.JpegScans;
import java.util.Optional;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes JPEGs by a libjpeg-turbo with vector code, in about half of the time that OpenCV's takes,
 * which was built without.
 *
 * <p>Both do the same arithmetic, so the pixels are the same bit for bit; what is not plain (see
 * {@link JpegScans}) or decodes with a warning is left to OpenCV, so that a platform without this
 * library gives the same pixels and the same reasons. The one exception: of a damaged file that
 * neither finds damaged, coefficients too large for any real picture overflow to other pixels in
 * vector code.
 */
public final class TurboJpeg {
  private static final Logger LOG = LoggerFactory.getLogger(TurboJpeg.class);
  private static final int COLOUR_BITS = 32;
  private static final int PIXEL_BYTES = 4;

  private static Optional<TurboJpeg> loaded;

  private TurboJpeg() {}

  /** The decoder, or none where its library does not run, which is logged once. */
  public static synchronized Optional<TurboJpeg> loaded() {
    if (loaded == null) {
      try {
        Leptonica.load();
        loaded = Optional.of(new TurboJpeg());
      } catch (Exception | LinkageError e) {
        LOG.warn("JPEGs are decoded by OpenCV, with the same pixels but slower: {}", e.toString());
        loaded = Optional.empty();
      }
    }
    return loaded;
  }

  /**
   * Decodes a plain JPEG into {@code bgr}.
   *
   * @param reduction 1, 2, 4 or 8: the size that it is decoded at is divided by it
   * @return false where it is left to OpenCV, with {@code bgr} as it was
   */
  boolean decode(byte[] file, int reduction, Mat bgr) {
    int[] warnings = new int[1];
    Pointer image = Leptonica.pixReadMemJpeg(file, file.length, 0, reduction, warnings, 0);
    if (image == null) {
      return false;
    }
    try {
      int[] width = new int[1];
      int[] height = new int[1];
      int[] depth = new int[1];
      Leptonica.pixGetDimensions(image, width, height, depth);
      if (warnings[0] > 0 || depth[0] != COLOUR_BITS) {
        return false;
      }
      bgr.create(height[0], width[0], CvType.CV_8UC3);
      copy(Leptonica.pixGetData(image), bgr);
      return true;
    } finally {
      Leptonica.pixDestroy(new PointerByReference(image));
    }
  }

  /**
   * Copies pixels of four bytes, an unused one and then blue, green, red.
   *
   * <p>From the second byte on they are blue, green, red and an unused one, which is what OpenCV
   * converts fast; the last pixel has nothing behind it and is copied alone.
   */
  private static void copy(Pointer pixels, Mat bgr) {
    int last = bgr.rows() * bgr.cols() - 1;
    Mat row = bgr.reshape(0, 1);
    try {
      if (last > 0) {
        Mat from =
            new Mat(1, last, CvType.CV_8UC4, pixels.getByteBuffer(1, (long) last * PIXEL_BYTES));
        Mat to = row.colRange(0, last);
        try {
          Imgproc.cvtColor(from, to, Imgproc.COLOR_BGRA2BGR);
        } finally {
          to.release();
          from.release();
        }
      }
      row.put(0, last, pixels.getByteArray((long) last * PIXEL_BYTES + 1, 3));
    } finally {
      row.release();
    }
  }
}
