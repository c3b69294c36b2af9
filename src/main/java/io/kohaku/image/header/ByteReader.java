package io.kohaku.image.header;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Reads numbers out of an image file's bytes; past the end means that the file is truncated. */
public final class ByteReader {
  private final byte[] bytes;

  public ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  int length() {
    return bytes.length;
  }

  public byte[] bytes() {
    return bytes;
  }

  public boolean startsWith(int at, int... expected) {
    if (at + expected.length > bytes.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((bytes[at + i] & 0xFF) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  int u8(int at) throws ImageRejected {
    require(at, 1);
    return bytes[at] & 0xFF;
  }

  int u16Big(int at) throws ImageRejected {
    return u8(at) << 8 | u8(at + 1);
  }

  int u16Little(int at) throws ImageRejected {
    return u8(at + 1) << 8 | u8(at);
  }

  int u24Little(int at) throws ImageRejected {
    return u8(at + 2) << 16 | u16Little(at);
  }

  long u32Big(int at) throws ImageRejected {
    return (long) u16Big(at) << 16 | u16Big(at + 2);
  }

  public long u32Little(int at) throws ImageRejected {
    return (long) u16Little(at + 2) << 16 | u16Little(at);
  }

  public String fourLetters(int at) throws ImageRejected {
    require(at, 4);
    return new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
  }

  String hex(int at, int count) {
    return HexFormat.of()
        .formatHex(bytes, Math.min(at, bytes.length), Math.min(at + count, bytes.length));
  }

  /** Rejects the file unless this range lies inside it. */
  public void require(long at, long count) throws ImageRejected {
    if (at < 0 || at + count > bytes.length) {
      throw new ImageRejected(
          RejectReason.TRUNCATED,
          "the file ends at byte " + bytes.length + ", its header needs byte " + (at + count));
    }
  }
}
