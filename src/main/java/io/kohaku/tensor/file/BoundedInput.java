package io.kohaku.tensor.file;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The first bytes of a stream; fails if the stream ends before them. */
final class BoundedInput extends FilterInputStream {
  private long remaining;

  BoundedInput(InputStream in, long length) {
    super(in);
    this.remaining = length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (remaining == 0) {
      return -1;
    }
    int count = super.read(bytes, offset, (int) Math.min(length, remaining));
    if (count < 0) {
      throw new IOException("the file ended within its header");
    }
    remaining -= count;
    return count;
  }

  /** The stream stays open for what follows. */
  @Override
  public void close() {}
}
