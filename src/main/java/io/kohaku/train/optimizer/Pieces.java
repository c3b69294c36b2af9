package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of the gradient buffer that are summed one after another, and which of them may be.
 *
 * <p>They follow from the parameters alone, from the end of the buffer to its start, which is about
 * the order in which a walk back finishes with the parameters. So all ranks sum the same, whatever
 * is finished when.
 */
final class Pieces {
  private final List<Piece> order = new ArrayList<>();
  private final Map<NDArray, Integer> places = new IdentityHashMap<>();
  private final BitSet finished = new BitSet();
  private int next;

  /** The leaves from one place to before another. */
  record Piece(int from, int to) {}

  /** At most so many, of about equal length; a leaf is not cut. */
  Pieces(List<NDArray> leaves, int count) {
    long whole = leaves.stream().mapToLong(leaf -> leaf.getShape().size()).sum();
    long held = 0;
    int to = leaves.size();
    for (int place = leaves.size() - 1; place >= 0; place--) {
      places.put(leaves.get(place), place);
      held += leaves.get(place).getShape().size();
      if (place == 0 || held * count >= whole) {
        order.add(new Piece(place, to));
        to = place;
        held = 0;
      }
    }
  }

  int count() {
    return order.size();
  }

  /** Says that nothing more is added to these in this update; others than the buffer's are none. */
  void finish(List<NDArray> leaves) {
    for (NDArray leaf : leaves) {
      Integer place = places.get(leaf);
      if (place != null) {
        finished.set(place);
      }
    }
  }

  /** Whether all of the next one is finished. */
  boolean isReady() {
    return hasNext() && finished.nextClearBit(order.get(next).from()) >= order.get(next).to();
  }

  boolean hasNext() {
    return next < order.size();
  }

  Piece next() {
    return order.get(next++);
  }

  /** How many leaves, from the first on, are in those that are still to come. */
  int remaining() {
    return hasNext() ? order.get(next).to() : 0;
  }

  /** Begins anew, with the next update. */
  void restart() {
    finished.clear();
    next = 0;
  }
}
