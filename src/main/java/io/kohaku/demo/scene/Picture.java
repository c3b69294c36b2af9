package io.kohaku.demo.scene;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.imageio.ImageIO;

/**
 * The file of a post.
 *
 * @param bytes what a shard holds; noise in the place of films, which no shard holds
 */
public record Picture(byte[] bytes) {

  public static Picture of(DemoPost post) throws IOException {
    if (!post.fate().still()) {
      return new Picture(post.member().getBytes(StandardCharsets.UTF_8));
    }
    BufferedImage image = Painter.paint(post.scene(), post.width(), post.height());
    byte[] bytes = encode(image, post.extension());
    return new Picture(post.fate() == Fate.BROKEN ? Arrays.copyOf(bytes, bytes.length / 3) : bytes);
  }

  /** The file's MD5 in lower-case hexadecimal digits. */
  public String md5() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Missing digest MD5: every Java has it", e);
    }
  }

  public static byte[] encode(BufferedImage image, String extension) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String format = extension.equals("jpg") ? "jpeg" : extension;
    if (!ImageIO.write(image, format, out)) {
      throw new IOException("Cannot encode a picture: no writer of " + format);
    }
    return out.toByteArray();
  }
}
