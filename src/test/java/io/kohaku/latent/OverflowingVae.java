package io.kohaku.latent;

import io.kohaku.image.Pictures;
import io.kohaku.tensor.file.SafeTensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A tiny VAE whose numbers are too large for fp16, for some images. */
public final class OverflowingVae {
  private OverflowingVae() {}

  /**
   * Makes the VAE of {@code checkpoint} overflow in fp16, above 65504 behind the first convolution,
   * for bright and dark images and not for grey ones, whose numbers are near 0. The norms that
   * follow take the factor out again.
   */
  public static void unlessGrey(Path checkpoint) throws IOException {
    scale(checkpoint, "first_stage_model.encoder.conv_in.weight", 1.5e5f);
  }

  /** A PNG of one grey; 127 and 128 are nearest to 0. */
  public static byte[] grey(int width, int height, int level) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, level << 16 | level << 8 | level);
      }
    }
    return Pictures.encoded(image, "png");
  }

  /** Multiplies a float32 tensor of the checkpoint in place. */
  public static void scale(Path checkpoint, String tensor, float factor) throws IOException {
    scale(checkpoint, tensor, factor, 0);
  }

  /** The same of its elements from {@code first} on. */
  public static void scale(Path checkpoint, String tensor, float factor, int first)
      throws IOException {
    long begin;
    long size;
    try (SafeTensors file = SafeTensors.open(checkpoint)) {
      begin = file.info(tensor).begin();
      size = file.info(tensor).size();
    }
    try (FileChannel file =
        FileChannel.open(checkpoint, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      file.read(header, 0);
      long start = 8 + header.getLong(0) + begin;
      ByteBuffer values = file.map(FileChannel.MapMode.READ_WRITE, start, size);
      values.order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 4 * first; at < size; at += 4) {
        values.putFloat(at, values.getFloat(at) * factor);
      }
    }
  }
}
