package io.kohaku.post.unpack;

import java.io.IOException;
import java.io.InputStream;

/** The padding that tapes and downloads leave behind the end of a stream. */
final class Zeros {
  private Zeros() {}

  /** Passes over zeros in a stream that can go back; false if there is nothing behind them. */
  static boolean skip(InputStream in) throws IOException {
    int next = 0;
    while (next == 0) {
      in.mark(1);
      next = in.read();
    }
    in.reset();
    return next > 0;
  }
}
