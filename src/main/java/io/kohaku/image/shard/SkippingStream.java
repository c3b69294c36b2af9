package io.kohaku.image.shard;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.PositionedReadable;

/**
 * A stream over a file that skips by not reading: only what is read costs input.
 *
 * <p>It bounds how much may be read between two calls of {@link #allowHeaderBytes}, so that an
 * archive whose header announces a name of gigabytes does not fill the memory.
 */
final class SkippingStream extends InputStream {
  private static final long MOST_HEADER_BYTES = 1 << 20;

  private final PositionedReadable file;
  private final long length;
  private long position;
  private long allowed = MOST_HEADER_BYTES;
  private long bytesRead;
  private IOException failure;

  /**
   * A stream from the file's beginning.
   *
   * @param length of the file in bytes
   */
  SkippingStream(PositionedReadable file, long length) {
    this.file = file;
    this.length = length;
  }

  /** Where the next byte lies. */
  long position() {
    return position;
  }

  /** Bytes that were really read. */
  long bytesRead() {
    return bytesRead;
  }

  /** Starts a new header: the bound on what may be read is whole again. */
  void allowHeaderBytes() {
    allowed = MOST_HEADER_BYTES;
  }

  /** Throws what the file system threw, if it did: that is no damage of the archive. */
  void rethrowFailure() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int count) throws IOException {
    int wanted = (int) Math.min(count, length - position);
    if (wanted <= 0) {
      return count == 0 ? 0 : -1;
    }
    allowed -= wanted;
    if (allowed < 0) {
      throw new IOException("a header of more than " + MOST_HEADER_BYTES + " bytes");
    }
    try {
      file.readFully(position, buffer, offset, wanted);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
    position += wanted;
    bytesRead += wanted;
    return wanted;
  }

  @Override
  public long skip(long count) {
    long skipped = Math.max(0, Math.min(count, length - position));
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, length - position);
  }
}
