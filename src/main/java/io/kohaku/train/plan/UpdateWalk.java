package io.kohaku.train.plan;

import io.kohaku.cluster.ring.Rank;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The updates of a run from some position on, with the micro-batches that one rank computes. */
public final class UpdateWalk implements Iterator<UpdateWalk.Update> {
  private final RunPlan plan;
  private final Rank rank;
  private long step;
  private int epoch;
  private int number;
  private EpochOrder order;

  /**
   * One update.
   *
   * @param step updates before it
   * @param slots this rank's micro-batches
   * @param last whether it is the epoch's last
   */
  public record Update(
      long step, int epoch, int number, List<EpochOrder.Slot> slots, boolean last) {
    /** The position after it. */
    int nextEpoch() {
      return last ? epoch + 1 : epoch;
    }

    int nextNumber() {
      return last ? 0 : number + 1;
    }
  }

  public UpdateWalk(RunPlan plan, Rank rank, Progress from) {
    this.plan = plan;
    this.rank = rank;
    this.step = from.step();
    this.epoch = from.epoch();
    this.number = from.update();
  }

  @Override
  public boolean hasNext() {
    return step < plan.updates();
  }

  @Override
  public Update next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the run is over");
    }
    if (order == null) {
      order = plan.order(epoch);
    }
    UpdatePlan updates = plan.epoch();
    List<EpochOrder.Slot> slots =
        Arrays.stream(updates.slots(number, rank)).mapToObj(order::slot).toList();
    Update update = new Update(step, epoch, number, slots, number == updates.updates() - 1);
    step++;
    epoch = update.nextEpoch();
    number = update.nextNumber();
    if (update.last()) {
      order = null;
    }
    return update;
  }
}
