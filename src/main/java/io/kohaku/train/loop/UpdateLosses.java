package io.kohaku.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.MergedWeights;
import io.kohaku.settings.SpeedSettings.Every;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.data.MicroBatch;
import io.kohaku.train.data.ReadyBatch;
import io.kohaku.train.plan.UpdateTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The losses of one update's micro-batches of this rank, whose gradients are added to the
 * adapter's.
 *
 * <p>Where losses are read once an update, they stay on the device until then and micro-batches are
 * walked back without a look at them. If one of them turns out not to be finite, all gradients are
 * thrown away and the micro-batches walked again, each loss read before its walk back: everything
 * random comes from their keys, so the outcome has the bits of a run that reads every loss.
 */
final class UpdateLosses implements AutoCloseable {
  private final Learning learning;
  private final double factor;
  private final LeftOut leftOut;
  private final NDManager manager;
  private final List<Unread> unread = new ArrayList<>();
  private UpdateTotals totals = UpdateTotals.NOTHING;

  private record Unread(MicroBatch rows, long[] maskKeys, NDArray loss) {}

  UpdateLosses(Learning learning, double factor, LeftOut leftOut) {
    this.learning = learning;
    this.factor = factor;
    this.leftOut = leftOut;
    this.manager = learning.loss().networks().sdxl().manager().newSubManager();
  }

  /**
   * Walks a micro-batch forward and back.
   *
   * @param finished hears on the way back of leaves that it adds no more to, if losses are read at
   *     once
   * @param maskKeys what dropout is drawn from
   */
  void learn(ReadyBatch batch, Consumer<List<NDArray>> finished, long... maskKeys) {
    if (learning.readLoss() == Every.MICRO_BATCH) {
      read(batch, finished, maskKeys);
    } else {
      learning.loss().networks().masks().draw(maskKeys);
      NDArray loss = learning.loss().learnUnread(batch, factor, manager);
      unread.add(new Unread(batch.rows(), maskKeys, loss));
      learning.merged().ifPresent(MergedWeights::collect);
    }
  }

  /** What was learned, when all micro-batches of the update are walked. */
  UpdateTotals settle() {
    float[] losses = losses();
    boolean finite = true;
    for (float loss : losses) {
      finite &= Float.isFinite(loss);
    }
    for (int i = 0; i < losses.length && finite; i++) {
      add(unread.get(i).rows(), losses[i]);
    }
    if (!finite) {
      again();
    }
    learning.merged().ifPresent(MergedWeights::pullBack);
    return totals;
  }

  private void again() {
    learning.merged().ifPresent(MergedWeights::discard);
    Autograd.zero(learning.loss().networks().adapter().parameters().values());
    for (Unread micro : unread) {
      try (ReadyBatch batch = learning.loss().tensors().ready(micro.rows())) {
        read(batch, leaves -> {}, micro.maskKeys());
      }
    }
  }

  private void read(ReadyBatch batch, Consumer<List<NDArray>> finished, long... maskKeys) {
    learning.loss().networks().masks().draw(maskKeys);
    add(batch.rows(), learning.loss().learn(batch, factor, finished));
    learning.merged().ifPresent(MergedWeights::collect);
  }

  private void add(MicroBatch rows, double loss) {
    totals = Double.isFinite(loss) ? totals.learned(loss, rows.images()) : totals.leftOut();
    leftOut.microBatch(rows, loss);
  }

  /** One copy of all that wait on the device. */
  private float[] losses() {
    if (unread.isEmpty()) {
      return new float[0];
    }
    NDList all = new NDList();
    unread.forEach(micro -> all.add(micro.loss()));
    return NDArrays.stack(all).toFloatArray();
  }

  @Override
  public void close() {
    manager.close();
  }
}
