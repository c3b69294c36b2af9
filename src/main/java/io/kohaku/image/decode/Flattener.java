package io.kohaku.image.decode;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.settings.ImageSettings;
import java.util.HexFormat;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.imgproc.Imgproc;

/** Makes 8-bit blue, green, red of any depth and channels that a decoder gives. */
final class Flattener {
  private final ImageSettings.Alpha alpha;
  private final byte[] backgroundRgb;

  Flattener(ImageSettings.Alpha alpha, String background) {
    this.alpha = alpha;
    this.backgroundRgb = HexFormat.of().parseHex(background);
  }

  /** Flattens {@code from}, of 1, 3 or 4 channels of 8 or 16 bits, into {@code bgr}. */
  void flatten(Mat from, Mat bgr) throws ImageRejected {
    if (from.depth() == CvType.CV_16U) {
      from.convertTo(from, CvType.CV_8U, 1 / 257.0);
    }
    if (from.depth() != CvType.CV_8U) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE, "pixels of type " + CvType.typeToString(from.type()));
    }
    switch (from.channels()) {
      case 1 -> Imgproc.cvtColor(from, bgr, Imgproc.COLOR_GRAY2BGR);
      case 3 -> from.assignTo(bgr);
      case 4 -> {
        if (alpha == ImageSettings.Alpha.COMPOSITE) {
          composite(from);
        }
        Imgproc.cvtColor(from, bgr, Imgproc.COLOR_BGRA2BGR);
      }
      default -> throw new ImageRejected(RejectReason.UNDECODABLE, from.channels() + " channels");
    }
  }

  /** Shows the background where {@code clear}, a mask or empty, is set, unless alpha is dropped. */
  void lay(Mat clear, Mat bgr) {
    if (alpha == ImageSettings.Alpha.COMPOSITE && !clear.empty()) {
      bgr.setTo(new Scalar(background(0), background(1), background(2)), clear);
    }
  }

  private int background(int channel) {
    return backgroundRgb[2 - channel] & 0xFF;
  }

  /** Lays each pixel over the background: (colour a + background (255 - a)) / 255, rounded. */
  private void composite(Mat bgra) {
    byte[] row = new byte[bgra.cols() * 4];
    for (int y = 0; y < bgra.rows(); y++) {
      bgra.get(y, 0, row);
      for (int at = 0; at < row.length; at += 4) {
        int opacity = row[at + 3] & 0xFF;
        if (opacity != 255) {
          for (int channel = 0; channel < 3; channel++) {
            int sum = (row[at + channel] & 0xFF) * opacity + background(channel) * (255 - opacity);
            row[at + channel] = (byte) ((sum + 127) / 255);
          }
        }
      }
      bgra.put(y, 0, row);
    }
  }
}
