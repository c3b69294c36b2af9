package io.kohaku.cluster.ring;

import java.io.Serializable;

/** One participant of a group: its number, from 0, and how many there are. */
public record Rank(int index, int count) implements Serializable {
  /** The only participant. */
  public static final Rank ALONE = new Rank(0, 1);

  /** Checks that the number lies below the count. */
  public Rank {
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException(
          "Invalid rank: " + index + " (must be from 0 to below the " + count + " ranks)");
    }
  }

  /** Whether this rank does what is done once for all, such as writing the checkpoint. */
  public boolean first() {
    return index == 0;
  }

  /** The rank that this one sends to. */
  public int next() {
    return (index + 1) % count;
  }

  /** The rank that this one receives from. */
  public int previous() {
    return (index + count - 1) % count;
  }

  @Override
  public String toString() {
    return "rank " + index + " of " + count;
  }
}
