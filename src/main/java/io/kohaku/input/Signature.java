package io.kohaku.input;

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
}
