package io.kohaku.train.plan;

import io.kohaku.cluster.ring.AllReduce;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the ranks tell each other besides gradients.
 *
 * @param loss sum of the losses of micro-batches
 * @param microBatches micro-batches that were learned from
 * @param images images in them
 * @param skipped micro-batches left out because their loss was not finite
 * @param stops ranks that were asked to end
 * @param failures ranks that cannot go on
 */
public record UpdateTotals(
    double loss, int microBatches, int images, int skipped, int stops, int failures) {
  private static final int FLOATS = 6;

  public static final UpdateTotals NOTHING = new UpdateTotals(0, 0, 0, 0, 0, 0);

  public UpdateTotals learned(double microBatchLoss, int microBatchImages) {
    return new UpdateTotals(
        loss + microBatchLoss,
        microBatches + 1,
        images + microBatchImages,
        skipped,
        stops,
        failures);
  }

  public UpdateTotals leftOut() {
    return new UpdateTotals(loss, microBatches, images, skipped + 1, stops, failures);
  }

  public UpdateTotals stopping(boolean stop) {
    return new UpdateTotals(loss, microBatches, images, skipped, stop ? 1 : 0, failures);
  }

  public UpdateTotals failing(boolean failure) {
    return new UpdateTotals(loss, microBatches, images, skipped, stops, failure ? 1 : 0);
  }

  /** The sum over all ranks. */
  public UpdateTotals over(AllReduce ranks) throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(FLOATS * Float.BYTES).order(ByteOrder.nativeOrder());
    float[] values = {(float) loss, microBatches, images, skipped, stops, failures};
    buffer.asFloatBuffer().put(values);
    ranks.sum(buffer);
    buffer.asFloatBuffer().get(values);
    return new UpdateTotals(
        values[0],
        (int) values[1],
        (int) values[2],
        (int) values[3],
        (int) values[4],
        (int) values[5]);
  }

  /** Mean over the micro-batches, not a number if there was none. */
  public double meanLoss() {
    return loss / microBatches;
  }
}
