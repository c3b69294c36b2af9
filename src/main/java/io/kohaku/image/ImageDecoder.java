package io.kohaku.image;

import io.kohaku.settings.ImageSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * Decodes to 8-bit blue, green, red, upright and without alpha.
 *
 * <p>OpenCV decodes what it can, unchanged, so that orientation, depth and alpha are treated here
 * for all formats alike; ImageIO decodes GIF, TwelveMonkeys CMYK JPEG.
 */
final class ImageDecoder {
  private final ImageSettings settings;
  private final Flattener flattener;

  ImageDecoder(ImageSettings settings) {
    this.settings = settings;
    this.flattener = new Flattener(settings.alpha(), settings.background());
  }

  /** Decodes this file into {@code bgr}. */
  void decode(byte[] file, ImageHeader header, Mat bgr) throws ImageRejected {
    Mat stored = new Mat();
    try {
      decodeStored(file, header, stored);
      flattener.flatten(stored, bgr);
    } finally {
      stored.release();
    }
    if (settings.orientation() == ImageSettings.Orientation.APPLY) {
      turn(bgr, header.exif().orientation(file));
    }
  }

  private static void decodeStored(byte[] file, ImageHeader header, Mat stored)
      throws ImageRejected {
    boolean cmyk = header.format() == ImageFormat.JPEG && header.channels() == 4;
    if (cmyk || header.format() == ImageFormat.GIF) {
      BufferedImage image = javaDecoded(file, cmyk);
      stored.create(image.getHeight(), image.getWidth(), CvType.CV_8UC4);
      stored.put(0, 0, JavaDecoders.bgra(image));
      return;
    }
    byte[] still = header.format() == ImageFormat.WEBP ? WebpStill.of(file) : file;
    MatOfByte encoded = new MatOfByte(still);
    Mat decoded = Imgcodecs.imdecode(encoded, Imgcodecs.IMREAD_UNCHANGED);
    try {
      if (decoded.empty()) {
        throw new ImageRejected(
            RejectReason.UNDECODABLE, "OpenCV cannot decode this " + header.format());
      }
      decoded.copyTo(stored);
    } finally {
      encoded.release();
      decoded.release();
    }
  }

  private static BufferedImage javaDecoded(byte[] file, boolean cmyk) throws ImageRejected {
    try {
      return cmyk ? JavaDecoders.cmykJpeg(file) : JavaDecoders.gif(file);
    } catch (IOException | RuntimeException e) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE, (cmyk ? "CMYK JPEG: " : "GIF: ") + e.getMessage());
    }
  }

  /** EXIF orientations 2 to 8 in place. */
  private static void turn(Mat image, int orientation) {
    if (orientation >= 5) {
      Mat transposed = new Mat();
      Core.transpose(image, transposed);
      transposed.copyTo(image);
      transposed.release();
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
