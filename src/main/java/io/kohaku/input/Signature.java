package io.kohaku.input;

import java.util.Arrays;

/**
 * The first bytes of a file, asked for what stands where.
 *
 * @param head the bytes; beyond them nothing stands anywhere
 */
record Signature(byte[] head) {

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

  /** Whether every other byte is zero and the rest are letters, as ASCII is in UTF-16. */
  boolean isWide() {
    int pairs = Math.min(head.length / 2, 16);
    int little = 0;
    int big = 0;
    for (int i = 0; i < pairs; i++) {
      little += head[2 * i] >= '\t' && head[2 * i + 1] == 0 ? 1 : 0;
      big += head[2 * i] == 0 && head[2 * i + 1] >= '\t' ? 1 : 0;
    }
    return pairs > 1 && (little == pairs || big == pairs);
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
