package io.kohaku.image.decode;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.image.header.ByteReader;
import io.kohaku.image.header.FirstFrame;
import io.kohaku.image.header.ImageFormat;
import io.kohaku.image.header.ImageHeader;
import io.kohaku.image.header.PngHeader;
import io.kohaku.settings.ImageSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Optional;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/**
 * Decodes to 8-bit blue, green, red, upright and without alpha.
 *
 * <p>OpenCV decodes what it can, unchanged, so that orientation, depth and alpha are treated here
 * for all formats alike; {@link TurboJpeg} gives the same pixels of plain JPEGs sooner; ImageIO
 * decodes GIF, TwelveMonkeys CMYK JPEG, {@link BmpPixels} BMP.
 */
public final class ImageDecoder {
  private final ImageSettings settings;
  private final Flattener flattener;
  private final Optional<TurboJpeg> turbo;

  /**
   * A decoder with these settings.
   *
   * @param turbo decodes plain JPEGs; without it OpenCV does, to the same pixels
   */
  public ImageDecoder(ImageSettings settings, Optional<TurboJpeg> turbo) {
    this.settings = settings;
    this.turbo = turbo;
    this.flattener = new Flattener(settings.alpha(), settings.background());
  }

  /**
   * Decodes this file into {@code bgr}.
   *
   * @param reduction 1, 2, 4 or 8: the size that a JPEG is decoded at is divided by it
   */
  public void decode(byte[] file, ImageHeader header, int reduction, Mat bgr) throws ImageRejected {
    Mat stored = new Mat();
    Mat clear = new Mat();
    try {
      decodeStored(file, header, reduction, stored);
      int shrunk = header.format() == ImageFormat.JPEG && !cmyk(header) ? reduction : 1;
      requireSize(
          stored, (header.width() + shrunk - 1) / shrunk, (header.height() + shrunk - 1) / shrunk);
      if (header.format() == ImageFormat.PNG && stored.channels() == 1) {
        findClear(file, stored, clear);
      }
      flattener.flatten(stored, bgr);
      flattener.lay(clear, bgr);
    } finally {
      stored.release();
      clear.release();
    }
    if (settings.orientation() == ImageSettings.Orientation.APPLY) {
      turn(bgr, header.exif().orientation(file));
    }
  }

  private void decodeStored(byte[] file, ImageHeader header, int reduction, Mat stored)
      throws ImageRejected {
    if (header.plainJpeg() && turbo.isPresent() && turbo.get().decode(file, reduction, stored)) {
      return;
    }
    switch (header.format()) {
      case BMP -> BmpPixels.decode(file, stored);
      case GIF -> javaDecoded(GifStill.of(file, header), false, stored);
      case WEBP -> onCanvas(WebpStill.of(file, header.frame()), header, stored);
      case JPEG -> {
        if (cmyk(header)) {
          javaDecoded(file, true, stored);
        } else {
          openCvDecoded(file, header, flags(reduction), stored);
        }
      }
      default -> {
        boolean exif = header.format() == ImageFormat.PNG && header.exif().offset() > 0;
        byte[] pixels = exif ? PngHeader.withoutExif(file) : file;
        openCvDecoded(pixels, header, flags(1), stored);
      }
    }
  }

  private static boolean cmyk(ImageHeader header) {
    return header.format() == ImageFormat.JPEG && header.channels() == 4;
  }

  /** Decodes a frame and lays it on a transparent canvas, as browsers do. */
  private static void onCanvas(byte[] still, ImageHeader header, Mat stored) throws ImageRejected {
    openCvDecoded(still, header, flags(1), stored);
    FirstFrame frame = header.frame();
    requireSize(stored, frame.width(), frame.height());
    if (frame.covers(header.width(), header.height())) {
      return;
    }
    Mat canvas = new Mat(header.height(), header.width(), CvType.CV_8UC4, new Scalar(0, 0, 0, 0));
    Rect place = new Rect(frame.left(), frame.top(), frame.width(), frame.height());
    Mat view = canvas.submat(place);
    try {
      if (stored.channels() == 4) {
        stored.copyTo(view);
      } else {
        Imgproc.cvtColor(stored, view, Imgproc.COLOR_BGR2BGRA);
      }
      canvas.assignTo(stored);
    } finally {
      view.release();
      canvas.release();
    }
  }

  private static void openCvDecoded(byte[] file, ImageHeader header, int flags, Mat stored)
      throws ImageRejected {
    Mat decoded = decoded(file, flags);
    try {
      if (decoded.empty()) {
        throw new ImageRejected(
            RejectReason.UNDECODABLE, "OpenCV cannot decode this " + header.format());
      }
      decoded.assignTo(stored);
    } finally {
      decoded.release();
    }
  }

  private static Mat decoded(byte[] still, int flags) {
    MatOfByte encoded = new MatOfByte(still);
    try {
      return Imgcodecs.imdecode(encoded, flags);
    } finally {
      encoded.release();
    }
  }

  /** OpenCV gives no alpha for a grey value that stands for transparent: finds its pixels. */
  private static void findClear(byte[] file, Mat grey, Mat clear) throws ImageRejected {
    int value = PngHeader.transparentGrey(new ByteReader(file));
    if (value >= 0) {
      Core.compare(grey, new Scalar(value), clear, Core.CMP_EQ);
    }
  }

  private static int flags(int reduction) {
    return switch (reduction) {
      case 1 -> Imgcodecs.IMREAD_UNCHANGED;
      case 2 -> Imgcodecs.IMREAD_REDUCED_COLOR_2 | Imgcodecs.IMREAD_IGNORE_ORIENTATION;
      case 4 -> Imgcodecs.IMREAD_REDUCED_COLOR_4 | Imgcodecs.IMREAD_IGNORE_ORIENTATION;
      case 8 -> Imgcodecs.IMREAD_REDUCED_COLOR_8 | Imgcodecs.IMREAD_IGNORE_ORIENTATION;
      default -> throw new IllegalArgumentException("Invalid reduction: " + reduction);
    };
  }

  /** The limits were checked on the header, so the decoder must not give something else. */
  private static void requireSize(Mat stored, int width, int height) throws ImageRejected {
    if (stored.cols() != width || stored.rows() != height) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE,
          "decoded to %sx%s, its header says %sx%s"
              .formatted(stored.cols(), stored.rows(), width, height));
    }
  }

  private static void javaDecoded(byte[] file, boolean cmyk, Mat stored) throws ImageRejected {
    try {
      BufferedImage image = cmyk ? JavaDecoders.cmykJpeg(file) : JavaDecoders.gif(file);
      stored.create(image.getHeight(), image.getWidth(), CvType.CV_8UC4);
      stored.put(0, 0, JavaDecoders.bgra(image));
    } catch (IOException | RuntimeException e) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE, (cmyk ? "CMYK JPEG: " : "GIF: ") + e.getMessage());
    }
  }

  /** EXIF orientations 2 to 8 in place. */
  private static void turn(Mat image, int orientation) {
    if (orientation >= 5) {
      Mat transposed = new Mat();
      try {
        Core.transpose(image, transposed);
        transposed.assignTo(image);
      } finally {
        transposed.release();
      }
    }
    switch (orientation) {
      case 2, 6 -> Core.flip(image, image, 1);
      case 3, 7 -> Core.flip(image, image, -1);
      case 4, 8 -> Core.flip(image, image, 0);
      default -> {
        // 1 is upright, 5 the transpose alone.
      }
    }
  }
}
