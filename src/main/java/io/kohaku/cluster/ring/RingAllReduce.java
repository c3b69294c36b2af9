package io.kohaku.cluster.ring;

import io.kohaku.ownership.Closer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * All-reduce around a ring: each rank sends to the next and receives from the previous.
 *
 * <p>The buffer is cut into as many segments as there are ranks. In the first half each segment
 * travels once around and is added to at every stop; in the second half the finished segments
 * travel around and are copied. A rank so sends 2 (n - 1) / n of the buffer, whatever the number of
 * ranks n (Patarasuk and Yuan, 2009). The order of additions is fixed by the segment, not by time.
 */
public final class RingAllReduce implements AllReduce {
  private static final int CHUNK_FLOATS = 1 << 16;
  private static final int GREETING_FLOATS = 2;

  private final Rank rank;
  private final WireFormat wire;
  private final Exchange exchange;
  private final BegunSums begun;
  private final float[] chunk = new float[CHUNK_FLOATS];
  private int operation;

  private RingAllReduce(Rank rank, WireFormat wire, Exchange exchange) {
    this.rank = rank;
    this.wire = wire;
    this.exchange = exchange;
    this.begun = new BegunSums(rank);
  }

  /**
   * Meets the other ranks; a rank alone needs no ring.
   *
   * @param host the name or address under which the others reach this machine
   */
  public static AllReduce join(
      Rank rank, String host, Rendezvous rendezvous, Secret secret, RingOptions options)
      throws IOException {
    if (rank.count() == 1) {
      return AllReduce.alone();
    }
    Neighbours neighbours = Neighbours.meet(rank, host, rendezvous, secret, options.joinTimeout());
    return new RingAllReduce(
        rank, options.wire(), new Exchange(rank, neighbours, options.peerTimeout()));
  }

  @Override
  public Rank rank() {
    return rank;
  }

  @Override
  public void sum(ByteBuffer floats) throws IOException {
    FloatBuffer values = values(floats);
    begun.await();
    reduce(values);
  }

  @Override
  public void begin(ByteBuffer floats) {
    FloatBuffer values = values(floats);
    begun.add(() -> reduce(values));
  }

  private static FloatBuffer values(ByteBuffer floats) {
    if (!floats.isDirect() || floats.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "Invalid buffer: " + floats + " (must be direct and in native byte order)");
    }
    return floats.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  private void reduce(FloatBuffer values) throws IOException {
    greet(values.remaining());
    int last = rank.count() - 1;
    for (int step = 0; step < last; step++) {
      pass(values, rank.index() - step, true);
    }
    settle(segment(values, rank.index() + 1));
    for (int step = 0; step < last; step++) {
      pass(values, rank.index() + 1 - step, false);
    }
  }

  /** Sums of different length, or out of step, would mix silently: the neighbour's are compared. */
  private void greet(int length) throws IOException {
    ByteBuffer mine = exchange.outgoing(Integer.BYTES * GREETING_FLOATS);
    mine.putInt(0, operation).putInt(Integer.BYTES, length);
    exchange.begin();
    ByteBuffer theirs = exchange.swap(mine, Integer.BYTES * GREETING_FLOATS);
    int theirOperation = theirs.getInt(0);
    int theirLength = theirs.getInt(Integer.BYTES);
    if (theirOperation != operation || theirLength != length) {
      throw new PeerException(
          "Cannot sum over ranks: rank %s sums %s values in its sum %s, rank %s sums %s in its %s"
              .formatted(
                  rank.index(), length, operation, rank.previous(), theirLength, theirOperation));
    }
    operation++;
  }

  /** Sends this segment on and takes the one before it, adding or replacing. */
  private void pass(FloatBuffer values, int index, boolean adding) throws IOException {
    FloatBuffer sent = segment(values, index);
    FloatBuffer taken = segment(values, index - 1);
    exchange.begin();
    while (sent.hasRemaining() || taken.hasRemaining()) {
      ByteBuffer out = encodeChunk(sent);
      int count = Math.min(taken.remaining(), CHUNK_FLOATS);
      ByteBuffer in = exchange.swap(out, count == 0 ? 0 : wire.bytes(count));
      if (count > 0) {
        wire.decode(in, chunk, count);
        store(taken, count, adding);
      }
    }
  }

  private ByteBuffer encodeChunk(FloatBuffer sent) {
    int count = Math.min(sent.remaining(), CHUNK_FLOATS);
    if (count == 0) {
      return exchange.outgoing(0);
    }
    ByteBuffer out = exchange.outgoing(wire.bytes(count));
    wire.encode(sent.slice(sent.position(), count), out);
    sent.position(sent.position() + count);
    return out;
  }

  private void store(FloatBuffer taken, int count, boolean adding) {
    if (adding) {
      int start = taken.position();
      for (int i = 0; i < count; i++) {
        chunk[i] = taken.get(start + i) + chunk[i];
      }
    }
    taken.put(chunk, 0, count);
  }

  /** Gives the owner of a finished segment the very values that the others will decode. */
  private void settle(FloatBuffer owned) {
    if (wire == WireFormat.FLOAT32) {
      return;
    }
    while (owned.hasRemaining()) {
      int count = Math.min(owned.remaining(), CHUNK_FLOATS);
      ByteBuffer coded = exchange.outgoing(wire.bytes(count));
      wire.encode(owned.slice(owned.position(), count), coded);
      wire.decode(coded, chunk, count);
      owned.put(chunk, 0, count);
    }
  }

  private FloatBuffer segment(FloatBuffer values, int index) {
    int number = Math.floorMod(index, rank.count());
    int start = (int) ((long) values.remaining() * number / rank.count());
    int end = (int) ((long) values.remaining() * (number + 1) / rank.count());
    return values.slice(start, end - start);
  }

  @Override
  public void close() {
    Closer.close(List.of(exchange, begun));
  }
}
