package io.kohaku.post.unpack;

import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The text of all gzip streams in a file, as gzip itself reads it: one after the other, zeros
 * behind them passed over. Anything else behind them is an error here, since a stream whose head is
 * damaged looks no different.
 */
final class GzipMembers extends InputStream {
  private static final int FIRST = 0x1f;
  private static final int SECOND = 0x8b;

  private final InputStream in;
  private InputStream member;

  /** Reads a stream that can go back. */
  GzipMembers(InputStream in) throws IOException {
    this.in = in;
    this.member = new GzipCompressorInputStream(in, false);
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
    int read = member.read(target, offset, length);
    while (read < 0 && anotherFollows()) {
      member = new GzipCompressorInputStream(in, false);
      read = member.read(target, offset, length);
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean anotherFollows() throws IOException {
    if (!Zeros.skip(in)) {
      return false;
    }
    in.mark(2);
    boolean another = in.read() == FIRST && in.read() == SECOND;
    in.reset();
    if (!another) {
      throw new IOException("what follows the end of its gzip stream is neither gzip nor zeros");
    }
    return true;
  }
}
