package io.kohaku.post.unpack;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bytes from a store, which remember whether it was the store that failed and not the file. */
public final class StoredBytes extends FilterInputStream {
  private boolean failed;

  /** The bytes of an open file. */
  public StoredBytes(InputStream in) {
    super(in);
  }

  /** Whether the store failed, so that trying again may help. */
  public boolean failed() {
    return failed;
  }

  @Override
  public int read() throws IOException {
    try {
      return super.read();
    } catch (IOException e) {
      failed = true;
      throw e;
    }
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    try {
      return super.read(target, offset, length);
    } catch (IOException e) {
      failed = true;
      throw e;
    }
  }
}
