package io.kohaku.image;

import io.kohaku.image.decode.NativeOpenCv;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;

/** Image files of the kinds that decoders get wrong, and files that are broken. */
public final class OddFiles {
  /** 16x16 in four blocks: cyan, red, half black, brownish; Adobe's inverted CMYK. */
  private static final String CMYK_JPEG =
      "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggL"
          + "CAkKCgoKCgYICwwLCgwJCgoK/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYH"
          + "CAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBka"
          + "JSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeo"
          + "qaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD+f+v3"
          + "8r9/K/fyv7/K/gDr+AOiiv7/ACv7/K/n/r5fr8v6/B+v0Qr/2Q==";

  private OddFiles() {}

  /** One small file of each kind, by a name that says what it is. */
  public static Map<String, byte[]> all() {
    BufferedImage picture = Pictures.picture(24, 16, 1);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("plain.png", Pictures.encoded(picture, "png"));
    files.put("plain.jpg", Pictures.encoded(picture, "jpg"));
    files.put("plain.bmp", Pictures.encoded(picture, "bmp"));
    files.put("plain.gif", Pictures.encoded(picture, "gif"));
    files.put("turned.jpg", withExif(Pictures.encoded(picture, "jpg"), 6));
    files.put("grey.jpg", Pictures.encoded(grey(24, 16), "jpg"));
    files.put("cmyk.jpg", cmykJpeg());
    files.put(
        "progressive.jpg", opencv(".jpg", bgr(24, 16), Imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1));
    files.put("alpha.png", opencv(".png", bgra(24, 16)));
    files.put("alpha.webp", opencv(".webp", bgra(24, 16), Imgcodecs.IMWRITE_WEBP_QUALITY, 101));
    files.put("lossy.webp", opencv(".webp", bgr(24, 16), Imgcodecs.IMWRITE_WEBP_QUALITY, 90));
    files.put("sixteen-bit.png", opencv(".png", sixteenBit(24, 16)));
    files.put("palette.png", Pictures.encoded(palette(24, 16), "png"));
    files.put("one-frame.webp", AnimatedFiles.webp(1));
    files.put("animated.webp", AnimatedFiles.webp(2));
    files.put("animated.gif", AnimatedFiles.gif());
    files.put("animated.png", AnimatedFiles.png());
    files.put("picture.avif", avif());
    files.put("empty.png", new byte[0]);
    files.put("text.png", "<html>not found</html>".getBytes(StandardCharsets.UTF_8));
    files.put("four-gigapixels.png", fourGigapixels());
    files.put("bomb.gif", gifBomb());
    for (String whole : new String[] {"plain.png", "plain.jpg", "lossy.webp", "plain.gif"}) {
      byte[] bytes = files.get(whole);
      files.put("cut-" + whole, Arrays.copyOf(bytes, bytes.length * 2 / 3));
    }
    byte[] bomb = files.get("four-gigapixels.png");
    files.put("cut-bomb.png", Arrays.copyOf(bomb, bomb.length - 20));
    byte[] flipped = files.get("plain.png").clone();
    flipped[60] ^= 0x10;
    files.put("flipped-bit.png", flipped);
    return files;
  }

  public static byte[] cmykJpeg() {
    return Base64.getDecoder().decode(CMYK_JPEG);
  }

  /** A JPEG with this orientation in an EXIF segment behind its first two bytes. */
  public static byte[] withExif(byte[] jpeg, int orientation) {
    ByteBuffer exif = ByteBuffer.allocate(36).order(ByteOrder.BIG_ENDIAN);
    exif.putShort((short) 0xFFE1)
        .putShort((short) 34)
        .put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
    exif.put("MM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8).putShort((short) 1);
    exif.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) orientation);
    return insert(jpeg, 2, exif.array());
  }

  public static byte[] opencv(String extension, Mat image, int... parameters) {
    NativeOpenCv.load();
    MatOfByte out = new MatOfByte();
    Imgcodecs.imencode(extension, image, out, new MatOfInt(parameters));
    return out.toArray();
  }

  /** Columns of full blue at rising opacity. */
  static Mat bgra(int width, int height) {
    NativeOpenCv.load();
    Mat image = new Mat(height, width, CvType.CV_8UC4);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.put(y, x, new byte[] {(byte) 255, 0, 0, (byte) (x * 255 / (width - 1))});
      }
    }
    return image;
  }

  public static Mat bgr(int width, int height) {
    NativeOpenCv.load();
    Mat image = new Mat(height, width, CvType.CV_8UC3);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.put(y, x, new byte[] {(byte) 200, (byte) (x * 8), (byte) (y * 8)});
      }
    }
    return image;
  }

  /** Sixteen-bit columns of value x · 2570, which is x · 10 in eight bits. */
  static Mat sixteenBit(int width, int height) {
    NativeOpenCv.load();
    Mat image = new Mat(height, width, CvType.CV_16UC3);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.put(y, x, new short[] {(short) (x * 2570), (short) (x * 2570), (short) 0xFFFF});
      }
    }
    return image;
  }

  static BufferedImage grey(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int x = 0; x < width * height; x++) {
      image.getRaster().setSample(x % width, x / width, 0, 100);
    }
    return image;
  }

  /** Index 0 is transparent red, index 1 is green. */
  static BufferedImage palette(int width, int height) {
    byte[] red = {(byte) 255, 0};
    byte[] green = {0, (byte) 255};
    IndexColorModel colours = new IndexColorModel(1, 2, red, green, new byte[2], 0);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY, colours);
    for (int x = 0; x < width * height; x++) {
      image.getRaster().setSample(x % width, x / width, 0, x % width < width / 2 ? 0 : 1);
    }
    return image;
  }

  /** A PNG without alpha whose one value stands for transparent: two bytes for each channel. */
  public static byte[] withClear(byte[] png, byte... value) {
    return insert(png, 33, chunk("tRNS", value));
  }

  /** Grey columns of x · step. */
  public static Mat greyColumns(int type, int step) {
    NativeOpenCv.load();
    Mat image = new Mat(16, 24, type);
    for (int x = 0; x < 24; x++) {
      image.col(x).setTo(new Scalar(x * step));
    }
    return image;
  }

  static ByteBuffer letters(ByteBuffer out, String text) {
    return out.put(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A PNG of 65536x65536 by its header, with a few bytes of data. */
  static byte[] fourGigapixels() {
    byte[] header =
        ByteBuffer.allocate(13).putInt(65536).putInt(65536).put((byte) 8).put((byte) 2).array();
    byte[] start = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    byte[] chunks = insert(chunk("IDAT", new byte[20]), 0, chunk("IHDR", header));
    return insert(insert(chunk("IEND", new byte[0]), 0, chunks), 0, start);
  }

  /** A 1x1 screen with a frame of 65535x65535. */
  private static byte[] gifBomb() {
    ByteBuffer out = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
    letters(out, "GIF89a").putShort((short) 1).putShort((short) 1).put(new byte[3]);
    out.put((byte) 0x2C).putInt(0).putInt(-1).put((byte) 0).put((byte) 2).put((byte) 1);
    out.put((byte) 0).put((byte) 0).put((byte) 0x3B);
    return out.array();
  }

  private static byte[] avif() {
    byte[] brand = letters(ByteBuffer.allocate(64).putInt(32), "ftypavif").array();
    return brand;
  }

  /** A chunk of a PNG with its sum. */
  public static byte[] chunk(String type, byte[] data) {
    ByteBuffer out = ByteBuffer.allocate(12 + data.length).putInt(data.length);
    letters(out, type).put(data);
    CRC32 sum = new CRC32();
    sum.update(out.array(), 4, 4 + data.length);
    return out.putInt((int) sum.getValue()).array();
  }

  /** These bytes with others put in at a place. */
  public static byte[] insert(byte[] into, int at, byte[] what) {
    return ByteBuffer.allocate(into.length + what.length)
        .put(into, 0, at)
        .put(what)
        .put(into, at, into.length - at)
        .array();
  }
}
