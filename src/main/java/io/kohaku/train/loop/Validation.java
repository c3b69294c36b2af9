package io.kohaku.train.loop;

import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.train.data.ImageDataset;
import io.kohaku.train.data.MicroBatch;
import io.kohaku.train.plan.EpochOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The loss on fixed images with fixed noise, fixed captions and fixed timesteps: comparable over
 * the whole run, as the training loss is not.
 *
 * <p>Each image is measured at one timestep of each quarter of the schedule. The ranks share the
 * micro-batches out.
 */
public final class Validation {
  /** Name of the mean loss in logs. */
  static final String LOSS = "validation/loss";

  /** Places far beyond any epoch's, so nothing here is drawn from training's streams. */
  private static final long FIRST_PLACE = 1L << 40;

  private static final int QUARTERS = 4;

  private final ImageDataset images;
  private final List<EpochOrder.Slot> slots;
  private final ImageDataset.Epoch epoch;
  private final MicroBatchLoss loss;

  /** Measures on these micro-batches. */
  public Validation(
      ImageDataset images, List<EpochOrder.Slot> slots, long seed, MicroBatchLoss loss) {
    this.images = images;
    this.slots = List.copyOf(slots);
    this.epoch = new ImageDataset.Epoch(seed, 0);
    this.loss = loss;
  }

  /** All micro-batches of a set, in one fixed order. */
  public static List<EpochOrder.Slot> all(ImageDataset images, int microBatch, long seed) {
    EpochOrder order = new EpochOrder(images.sizes(), microBatch, seed, 0);
    List<EpochOrder.Slot> slots = new ArrayList<>();
    for (int i = 0; i < order.slots(); i++) {
      slots.add(order.slot(i));
    }
    return slots;
  }

  /** The mean loss, {@code validation/loss}, and that of each quarter of timesteps. */
  Map<String, Double> measure(AllReduce ranks) throws IOException {
    ByteBuffer sums =
        ByteBuffer.allocateDirect(2 * QUARTERS * Float.BYTES).order(ByteOrder.nativeOrder());
    loss.networks().masks().clear();
    for (int i = ranks.rank().index(); i < slots.size(); i += ranks.rank().count()) {
      MicroBatch batch = images.read(apart(slots.get(i)), epoch, Long.MAX_VALUE);
      for (int quarter = 0; quarter < QUARTERS; quarter++) {
        add(sums, quarter, batch);
      }
    }
    ranks.sum(sums);
    return means(sums);
  }

  /** Where numbers become none first on this rank's images, if they do. */
  Optional<String> blame(AllReduce ranks) throws IOException {
    loss.networks().masks().clear();
    for (int i = ranks.rank().index(); i < slots.size(); i += ranks.rank().count()) {
      MicroBatch batch = images.read(apart(slots.get(i)), epoch, Long.MAX_VALUE);
      for (int quarter = 0; quarter < QUARTERS; quarter++) {
        Optional<String> found = loss.blame(batch, quarter, QUARTERS);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static EpochOrder.Slot apart(EpochOrder.Slot slot) {
    return new EpochOrder.Slot(slot.bucket(), slot.rows(), FIRST_PLACE + slot.place());
  }

  private void add(ByteBuffer sums, int quarter, MicroBatch batch) {
    int at = 2 * quarter * Float.BYTES;
    for (float value : loss.evaluate(batch, quarter, QUARTERS)) {
      sums.putFloat(at, sums.getFloat(at) + value);
      sums.putFloat(at + Float.BYTES, sums.getFloat(at + Float.BYTES) + 1);
    }
  }

  private static Map<String, Double> means(ByteBuffer sums) {
    Map<String, Double> means = new LinkedHashMap<>();
    double loss = 0;
    double count = 0;
    means.put(LOSS, Double.NaN);
    for (int quarter = 0; quarter < QUARTERS; quarter++) {
      double quarterLoss = sums.getFloat(2 * quarter * Float.BYTES);
      double quarterCount = sums.getFloat((2 * quarter + 1) * Float.BYTES);
      means.put("validation/loss_quarter_" + (quarter + 1), quarterLoss / quarterCount);
      loss += quarterLoss;
      count += quarterCount;
    }
    means.put(LOSS, loss / count);
    return means;
  }
}
