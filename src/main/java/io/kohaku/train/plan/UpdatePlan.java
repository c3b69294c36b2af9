package io.kohaku.train.plan;

import io.kohaku.cluster.ring.Rank;

/**
 * Which micro-batches make up which update, and which of them a rank computes.
 *
 * <p>An update takes the next {@code microBatches} slots of the epoch's order over all ranks; rank
 * r of n takes the r-th of them and every n-th after it. So the number of ranks changes who
 * computes a micro-batch and nothing else. The last update of an epoch takes what is left.
 *
 * @param slots micro-batches of an epoch
 * @param microBatches micro-batches of an update, over all ranks
 */
public record UpdatePlan(int slots, int microBatches) {
  /** Checks that there is something to do. */
  public UpdatePlan {
    if (slots < 1 || microBatches < 1) {
      throw new IllegalArgumentException(
          "Invalid plan: %s micro-batches an epoch, %s an update (both must be at least 1)"
              .formatted(slots, microBatches));
    }
  }

  /** Updates of an epoch. */
  int updates() {
    return (slots - 1) / microBatches + 1;
  }

  /** The slots of one update that this rank computes, in order. */
  public int[] slots(int update, Rank rank) {
    int first = update * microBatches + rank.index();
    int end = Math.min(slots, (update + 1) * microBatches);
    int count = Math.max(0, (end - first + rank.count() - 1) / rank.count());
    int[] mine = new int[count];
    for (int i = 0; i < count; i++) {
      mine[i] = first + i * rank.count();
    }
    return mine;
  }
}
