package io.kohaku.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Pictures made from a formula. */
public final class Pictures {
  private Pictures() {}

  /** Smooth colours that differ by seed. */
  public static BufferedImage picture(int width, int height, long seed) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = (int) (x * 255L / width);
        int green = (int) (y * 255L / height);
        int blue = (int) ((seed * 37 + x / 3 + y / 2) & 255);
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  /** A PNG of such a picture. */
  public static byte[] png(int width, int height, long seed) {
    return encoded(picture(width, height, seed), "png");
  }

  /** An image in one of the formats that ImageIO writes. */
  public static byte[] encoded(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalStateException("Cannot write " + format + ": no writer takes this image");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
