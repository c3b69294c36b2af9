package io.kohaku.image.shard;

import java.io.IOException;
import org.apache.hadoop.fs.PositionedReadable;

/** An archive's bytes, of which only what is asked for is read. */
final class ArchiveBytes {
  private static final int CHUNK = 1 << 16;

  private final PositionedReadable file;
  private final long length;
  private long bytesRead;

  /**
   * Reads nothing yet.
   *
   * @param length of the file in bytes
   */
  ArchiveBytes(PositionedReadable file, long length) {
    this.file = file;
    this.length = length;
  }

  /** Of the archive, in bytes. */
  long length() {
    return length;
  }

  /** Bytes that were really read. */
  long bytesRead() {
    return bytesRead;
  }

  /** So many bytes from a place on, or those that there are. */
  byte[] read(long position, long count) throws IOException {
    byte[] bytes = new byte[(int) Math.max(0, Math.min(count, length - position))];
    if (bytes.length > 0) {
      file.readFully(position, bytes, 0, bytes.length);
      bytesRead += bytes.length;
    }
    return bytes;
  }

  /** The first place from there on that does not hold zero, or the archive's length. */
  long firstNonZero(long from) throws IOException {
    for (long at = from; at < length; at += CHUNK) {
      byte[] chunk = read(at, CHUNK);
      for (int i = 0; i < chunk.length; i++) {
        if (chunk[i] != 0) {
          return at + i;
        }
      }
    }
    return length;
  }

  /**
   * Where the first header that bears its mark lies from there on, or the length. It may lie at any
   * byte, as behind a cut archive that another one was appended to.
   */
  long nextHeader(long from) throws IOException {
    for (long at = from; at < length; at += CHUNK) {
      int inside = TarHeader.search(read(at, CHUNK + TarHeader.BLOCK - 1));
      if (inside >= 0) {
        return at + inside;
      }
    }
    return length;
  }

  /** The first place behind the blocks that list a file's holes. */
  long behindHoles(long from) throws IOException {
    long at = from;
    while (TarHeader.isContinued(read(at, TarHeader.BLOCK))) {
      at += TarHeader.BLOCK;
    }
    return at + TarHeader.BLOCK;
  }
}
