package io.kohaku.post.unpack;

import java.io.IOException;
import java.io.InputStream;

/**
 * The same bytes, of which the very last comes in a read of its own.
 *
 * <p>zstd's stream notes only when it reads that a frame has begun. Where the end of one frame and
 * what is left of a next one that is cut off come in one read, it takes the file for whole; with
 * the last byte alone there is always a read behind the end of a frame that is not the last.
 */
final class LastByteAlone extends InputStream {
  private static final int NOT_READ = -2;

  private final InputStream in;
  private int held = NOT_READ;

  LastByteAlone(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (held == NOT_READ) {
      held = in.read();
    }
    if (held < 0) {
      return -1;
    }
    target[offset] = (byte) held;
    int read = length == 1 ? 0 : in.read(target, offset + 1, length - 1);
    if (read <= 0) {
      held = length == 1 ? in.read() : -1;
      return 1;
    }
    held = target[offset + read] & 0xff;
    return read;
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
