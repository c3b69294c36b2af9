package io.kohaku.train.loop;

import io.kohaku.lokr.MergedWeights;
import io.kohaku.settings.SpeedSettings.Every;
import java.util.Optional;

/**
 * How a rank gets losses and gradients of the micro-batches of an update.
 *
 * @param loss of a micro-batch
 * @param merged the weights of merged layers, if they are built once an update
 * @param readLoss how often losses are waited for
 */
public record Learning(MicroBatchLoss loss, Optional<MergedWeights> merged, Every readLoss) {
  /** The micro-batches of one update, none of them walked yet. */
  UpdateLosses begin(double factor, LeftOut leftOut) {
    return new UpdateLosses(this, factor, leftOut);
  }

  /** To be called when the adapter has changed. */
  void adapterChanged() {
    merged.ifPresent(MergedWeights::merge);
  }
}
