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
public record Tally(
    double loss, int microBatches, int images, int skipped, int stops, int failures) {
  private static final int FLOATS = 6;

  public static final Tally NOTHING = new Tally(0, 0, 0, 0, 0, 0);

  public Tally learned(double microBatchLoss, int microBatchImages) {
    return new Tally(
        loss + microBatchLoss,
        microBatches + 1,
        images + microBatchImages,
        skipped,
        stops,
        failures);
  }

  public Tally leftOut() {
    return new Tally(loss, microBatches, images, skipped + 1, stops, failures);
  }

  public Tally stopping(boolean stop) {
    return new Tally(loss, microBatches, images, skipped, stop ? 1 : 0, failures);
  }

  public Tally failing(boolean failure) {
    return new Tally(loss, microBatches, images, skipped, stops, failure ? 1 : 0);
  }

  /** The sum over all ranks. */
  public Tally over(AllReduce ranks) throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(FLOATS * Float.BYTES).order(ByteOrder.nativeOrder());
    float[] values = {(float) loss, microBatches, images, skipped, stops, failures};
    buffer.asFloatBuffer().put(values);
    ranks.sum(buffer);
    buffer.asFloatBuffer().get(values);
    return new Tally(
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
