package io.kohaku.cluster.ring;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Sums a buffer over all ranks. */
public interface AllReduce extends Closeable {
  /**
   * Replaces the float32 values of a direct buffer in native order by their sums over all ranks:
   * the same bits on every rank, and the same again for the same values. What was begun before is
   * then summed too.
   *
   * @throws PeerException if another rank is dead, silent for too long, or sums something else
   */
  void sum(ByteBuffer floats) throws IOException;

  /**
   * Begins to do the same and returns at once. The buffer is in use until the next {@link #sum},
   * which throws what goes wrong, or until this is closed. Every rank begins and sums the same
   * buffers in the same order.
   */
  void begin(ByteBuffer floats);

  /** Which participant this is. */
  Rank rank();

  /** The sum over a single rank: nothing to do. */
  static AllReduce alone() {
    return new AllReduce() {
      @Override
      public void sum(ByteBuffer floats) {
        // One rank's values are their own sum.
      }

      @Override
      public void begin(ByteBuffer floats) {
        // As above.
      }

      @Override
      public Rank rank() {
        return Rank.ALONE;
      }

      @Override
      public void close() {
        // Nothing was opened.
      }
    };
  }
}
