package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import java.util.HashMap;
import java.util.Map;

/**
 * What a JPEG's frame and scans bring, to tell whether it is plain: 8 bits in three channels, coded
 * by Huffman codes, baseline or progressive, every coefficient of every channel brought in full.
 *
 * <p>Decoders agree on the pixels of a plain JPEG. Of one whose last scans were left out they guess
 * the missing coefficients, each version in its own way.
 */
public final class JpegScans {
  private static final int LAST_PLAIN_FRAME = 0xC2;
  private static final int CHANNELS = 3;
  private static final int COEFFICIENTS = 64;

  /** By channel: a bit for each coefficient that was brought to its last binary place. */
  private final Map<Integer, Long> whole = new HashMap<>();

  private int frames;
  private boolean plainFrame;

  /** Takes the frame header whose marker lies at {@code at}. */
  void frame(ByteReader in, int at) throws ImageRejected {
    frames++;
    int marker = in.u8(at + 1);
    int channels = in.u8(at + 9);
    plainFrame = marker <= LAST_PLAIN_FRAME && in.u8(at + 4) == 8 && channels == CHANNELS;
    for (int i = 0; i < channels; i++) {
      whole.put(in.u8(at + 10 + 3 * i), 0L);
    }
  }

  /** Takes the scan header whose marker lies at {@code at}. */
  void scan(ByteReader in, int at) throws ImageRejected {
    int channels = in.u8(at + 4);
    int band = at + 5 + 2 * channels;
    int first = in.u8(band);
    int last = in.u8(band + 1);
    int missingPlaces = in.u8(band + 2) & 0xF;
    if (missingPlaces != 0 || first > last || last >= COEFFICIENTS) {
      return;
    }
    long brought = (-1L << first) & (-1L >>> (COEFFICIENTS - 1 - last));
    for (int i = 0; i < channels; i++) {
      whole.merge(in.u8(at + 5 + 2 * i), brought, (before, now) -> before | now);
    }
  }

  /** Whether all that was taken makes a plain JPEG. */
  boolean plain() {
    return frames == 1
        && plainFrame
        && whole.size() == CHANNELS
        && whole.values().stream().allMatch(bits -> bits == -1L);
  }
}
