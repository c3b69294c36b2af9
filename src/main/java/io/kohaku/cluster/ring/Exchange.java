package io.kohaku.cluster.ring;

import io.kohaku.ownership.Closer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;

/**
 * Sends to the next rank while it receives from the previous one, and notices when either is gone.
 *
 * <p>Neither direction blocks: with everybody sending first, a ring of full socket buffers would
 * stand still for ever.
 */
final class Exchange implements Closeable {
  private static final int BUFFER_BYTES = 1 << 19;

  private final Rank rank;
  private final Neighbours neighbours;
  private final Duration timeout;
  private final Selector selector;
  private final SelectionKey sending;
  private final SelectionKey receiving;
  private final ByteBuffer out;
  private final ByteBuffer in;
  private final Closer opened;
  private long lastProgress;

  /** Owns its neighbours. */
  Exchange(Rank rank, Neighbours neighbours, Duration timeout) throws IOException {
    this.rank = rank;
    this.neighbours = neighbours;
    this.timeout = timeout;
    try (Closer opening = new Closer()) {
      opening.add(neighbours);
      this.out = direct();
      this.in = direct();
      this.selector = opening.add(Selector.open());
      this.sending = neighbours.next().register(selector, 0);
      this.receiving = neighbours.previous().register(selector, 0);
      this.opened = opening.release();
    }
  }

  private static ByteBuffer direct() {
    return ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder());
  }

  /** The buffer to fill for the next swap, so many bytes long. */
  ByteBuffer outgoing(int bytes) {
    return out.clear().limit(bytes);
  }

  /** Starts the clock of the peers' silence. */
  void begin() {
    lastProgress = System.nanoTime();
  }

  /** Sends all of one buffer and receives so many bytes; what came, from position 0. */
  ByteBuffer swap(ByteBuffer sent, int expected) throws IOException {
    in.clear().limit(expected);
    while (sent.hasRemaining() || in.hasRemaining()) {
      boolean moved = sent.hasRemaining() && send(sent);
      moved |= in.hasRemaining() && receive();
      if (moved) {
        lastProgress = System.nanoTime();
      } else {
        await(sent.hasRemaining(), in.hasRemaining());
      }
    }
    return in.flip();
  }

  private boolean send(ByteBuffer sent) throws IOException {
    try {
      return neighbours.next().write(sent) > 0;
    } catch (IOException e) {
      throw gone(rank.next(), e.getMessage(), e);
    }
  }

  private boolean receive() throws IOException {
    try {
      int count = neighbours.previous().read(in);
      if (count < 0) {
        throw gone(rank.previous(), "closed the connection", null);
      }
      return count > 0;
    } catch (PeerException e) {
      throw e;
    } catch (IOException e) {
      throw gone(rank.previous(), e.getMessage(), e);
    }
  }

  private PeerException gone(int peer, String what, IOException cause) {
    return new PeerException(
        "Cannot sum over ranks: rank %s at %s is gone: %s"
            .formatted(peer, neighbours.addresses().get(peer), what),
        cause);
  }

  private void await(boolean unsent, boolean unheard) throws IOException {
    long left = timeout.toMillis() - (System.nanoTime() - lastProgress) / 1_000_000;
    if (left <= 0) {
      int peer = unheard ? rank.previous() : rank.next();
      throw new PeerException(
          "Cannot sum over ranks: rank %s at %s has %s nothing for %s s"
              .formatted(
                  peer,
                  neighbours.addresses().get(peer),
                  unheard ? "sent" : "taken",
                  timeout.toMillis() / 1000.0));
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new PeerException("Cannot sum over ranks: " + rank + " was interrupted");
    }
    sending.interestOps(unsent ? SelectionKey.OP_WRITE : 0);
    receiving.interestOps(unheard ? SelectionKey.OP_READ : 0);
    selector.select(left);
    selector.selectedKeys().clear();
  }

  @Override
  public void close() {
    opened.close();
  }
}
