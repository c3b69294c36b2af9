package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.settings.ImageSettings;
import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;

/** Walks a PNG's chunks up to its end chunk and checks each one's sum. */
public final class PngHeader {
  private static final String EXIF = "eXIf";

  private PngHeader() {}

  static ImageHeader read(ByteReader in, ImageSettings limits) throws ImageRejected {
    long width = 0;
    long height = 0;
    int frames = 1;
    boolean pixels = false;
    ExifBlock exif = ExifBlock.NONE;
    int at = 8;
    String type = "";
    while (!type.equals("IEND")) {
      long length = in.u32Big(at);
      type = in.fourLetters(at + 4);
      in.require(at, length + 12);
      checkSum(in, at, (int) length, type);
      int data = at + 8;
      switch (type) {
        case "IHDR" -> {
          width = in.u32Big(data);
          height = in.u32Big(data + 4);
          ImageHeader.requireSize(width, height, limits);
        }
        case "acTL" -> frames = pixels ? frames : frames(in.u32Big(data));
        case EXIF ->
            exif = exif.equals(ExifBlock.NONE) ? ExifBlock.of(in, data, (int) length) : exif;
        case "IDAT" -> pixels = true;
        default -> {
          // Not needed before decoding.
        }
      }
      at += (int) length + 12;
    }
    ImageHeader.requireSize(width, height, limits);
    return new ImageHeader(ImageFormat.PNG, (int) width, (int) height, frames, exif);
  }

  /** A number of frames that the format does not allow makes it a still. */
  private static int frames(long announced) {
    return announced == 0 || announced > Integer.MAX_VALUE ? 1 : (int) announced;
  }

  /**
   * A file that was read before, without its EXIF data: the libpng that decodes it loses its way in
   * such a chunk that does not begin as it must.
   */
  public static byte[] withoutExif(byte[] file) throws ImageRejected {
    ByteReader in = new ByteReader(file);
    ByteArrayOutputStream out = new ByteArrayOutputStream(file.length);
    out.write(file, 0, 8);
    int at = 8;
    String type = "";
    while (!type.equals("IEND")) {
      type = in.fourLetters(at + 4);
      int length = (int) in.u32Big(at) + 12;
      if (!type.equals(EXIF)) {
        out.write(file, at, length);
      }
      at += length;
    }
    return out.toByteArray();
  }

  /**
   * The grey value that stands for transparent in a file that was read before, scaled to 8 bits
   * where it has fewer; -1 for none.
   */
  public static int transparentGrey(ByteReader in) throws ImageRejected {
    int bits = in.u8(24);
    int at = 8;
    String type = in.fourLetters(at + 4);
    while (!type.equals("IDAT") && !type.equals("IEND")) {
      if (type.equals("tRNS")) {
        int white = (1 << bits) - 1;
        int value = in.u16Big(at + 8) & white;
        return bits < 8 ? value * 255 / white : value;
      }
      at += (int) in.u32Big(at) + 12;
      type = in.fourLetters(at + 4);
    }
    return -1;
  }

  private static void checkSum(ByteReader in, int at, int length, String type)
      throws ImageRejected {
    CRC32 sum = new CRC32();
    sum.update(in.bytes(), at + 4, length + 4);
    if (sum.getValue() != in.u32Big(at + 8 + length)) {
      throw new ImageRejected(
          RejectReason.UNDECODABLE,
          "the check sum of chunk %s at byte %s is off"
              .formatted(type.replaceAll("[^A-Za-z]", "?"), at));
    }
  }
}
