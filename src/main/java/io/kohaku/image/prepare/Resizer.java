package io.kohaku.image.prepare;

import io.kohaku.settings.ImageSettings;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** Resizes by the filter that the settings name for shrinking and for enlarging. */
final class Resizer {
  private final ImageSettings.Resize filter;

  Resizer(ImageSettings.Resize filter) {
    this.filter = filter;
  }

  /** Resizes {@code from} into {@code to}, which is given the new size. */
  void resize(Mat from, Mat to, int width, int height) {
    if (from.cols() == width && from.rows() == height) {
      from.copyTo(to);
      return;
    }
    boolean enlarged = width > from.cols() || height > from.rows();
    if (enlarged && filter == ImageSettings.Resize.AREA_DOWN_LANCZOS_UP) {
      byte[] pixels = new byte[from.rows() * from.cols() * 3];
      from.get(0, 0, pixels);
      Lanczos lanczos = new Lanczos(from.cols(), from.rows(), width, height);
      to.create(height, width, from.type());
      to.put(0, 0, lanczos.resize(pixels));
      return;
    }
    Imgproc.resize(from, to, new Size(width, height), 0, 0, Imgproc.INTER_AREA);
  }
}
