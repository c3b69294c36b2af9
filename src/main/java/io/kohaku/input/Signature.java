package io.kohaku.input;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The first bytes of a file, asked for what stands where.
 *
 * @param head the bytes; beyond them nothing stands anywhere
 */
record Signature(byte[] head) {
  private static final Pattern OFFICE =
      Pattern.compile(
          "\\[Content_Types\\]\\.xml|_rels/\\.rels|(?:docProps|xl|word|ppt)/.*\\.(?:xml|rels)");

  /** Whether these bytes stand at that place. */
  boolean at(int place, int... bytes) {
    if (head.length < place + bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if ((head[place + i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether these ASCII letters stand at that place. */
  boolean text(int place, String letters) {
    return at(place, letters.chars().toArray());
  }

  /** Whether all is zero. */
  boolean isZero() {
    for (byte value : head) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether letters stand here of two bytes or of four, as UTF-16 and UTF-32 have them: the first
   * two are ASCII, and so are most.
   */
  boolean isWide() {
    return isWide(2) || isWide(4);
  }

  private boolean isWide(int width) {
    int letters = Math.min(head.length / width, 16);
    return letters > 1 && (isWide(width, letters, 0) || isWide(width, letters, width - 1));
  }

  private boolean isWide(int width, int letters, int place) {
    int ascii = 0;
    for (int i = 0; i < letters; i++) {
      boolean one = head[width * i + place] >= '\t';
      for (int j = 0; j < width; j++) {
        one &= j == place || head[width * i + j] == 0;
      }
      if (!one && i < 2) {
        return false;
      }
      ascii += one ? 1 : 0;
    }
    return 4 * ascii >= 3 * letters;
  }

  /** Whether a pickle of protocol 2 to 5 begins here; what follows is never zero. */
  boolean isPickle() {
    return at(0, 0x80) && head.length > 2 && head[1] >= 2 && head[1] <= 5 && head[2] != 0;
  }

  /** The name of a zip archive's first member, as far as it is told. */
  String firstMember() {
    int end = head.length < 30 ? 0 : 30 + (head[26] & 0xff | (head[27] & 0xff) << Byte.SIZE);
    return end > head.length || end == 0
        ? ""
        : new String(head, 30, end - 30, StandardCharsets.ISO_8859_1);
  }

  /** Whether that member is encrypted. */
  boolean isEncryptedMember() {
    return at(0, 'P', 'K', 3, 4) && head.length > 6 && (head[6] & 1) == 1;
  }

  /** Whether a zip archive whose first member has this name is an office program's document. */
  boolean isOffice(String member) {
    return OFFICE.matcher(member).matches()
        || member.equals("mimetype") && text(38, "application/vnd.oasis.");
  }

  /** Whether a frame stands here that zstd and lz4 pass over. */
  boolean isSkippableFrame() {
    return at(1, 0x2a, 0x4d, 0x18) && (head[0] & 0xf0) == 0x50;
  }

  /** What stands behind such frames; nothing if that is beyond the bytes. */
  byte[] behindSkippableFrame() {
    long end = head.length < 8 ? head.length : 8 + number(4);
    return Arrays.copyOfRange(head, (int) Math.min(end, head.length), head.length);
  }

  /** Whether the properties of lzma's usual presets stand here, and a length that can be. */
  boolean isLzma() {
    return at(0, 0x5d, 0, 0) && (at(12, 0) || at(12, 0xff));
  }

  /** Whether a stream of Arrow begins here: a mark, and the length of a first message. */
  boolean isArrowStream() {
    return at(0, 0xff, 0xff, 0xff, 0xff) && at(7, 0) && number(4) > 0;
  }

  /**
   * Whether a Parquet file begins here whose footer is encrypted. Words begin alike, so what
   * follows counts: the length of an encrypted page, or the header of one that is not.
   */
  boolean isEncryptedParquet() {
    return text(0, "PARE") && (at(7, 0) || at(4, 0x15));
  }

  /** Whether a program of Windows or Linux begins here. */
  boolean isProgram() {
    if (at(0, 0x7f, 'E', 'L', 'F')) {
      return true;
    }
    // The header of Windows' own stands where the one of DOS says.
    long header = text(0, "MZ") && head.length >= 0x40 ? number(0x3c) : head.length;
    return header < head.length && text((int) header, "PE\0\0");
  }

  /** Four bytes at that place, the lowest first. */
  private long number(int place) {
    long number = 0;
    for (int i = 3; i >= 0; i--) {
      number = number << Byte.SIZE | head[place + i] & 0xff;
    }
    return number;
  }
}
