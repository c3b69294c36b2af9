package io.kohaku.train.loop;

import io.kohaku.lokr.MergedWeights;
import io.kohaku.lokr.ModeChoice;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.SpeedSettings;
import io.kohaku.settings.SpeedSettings.Every;
import io.kohaku.train.model.AdaptedNetworks;
import java.util.Optional;

/**
 * How a rank gets losses and gradients of the micro-batches of an update.
 *
 * @param loss of a micro-batch
 * @param merged the weights of merged layers, if they are built once an update
 * @param readLoss how often losses are waited for
 */
public record Learning(MicroBatchLoss loss, Optional<MergedWeights> merged, Every readLoss) {
  /**
   * As {@code speed} says, with the adapter as it stands; {@code opened} closes what is held.
   *
   * @param modes how layers are applied
   */
  public static Learning open(
      MicroBatchLoss loss, SpeedSettings speed, ModeChoice modes, Closer opened) {
    AdaptedNetworks networks = loss.networks();
    Optional<MergedWeights> merged =
        speed.merge() == Every.UPDATE
            ? Optional.of(
                opened.add(MergedWeights.attach(networks.sdxl(), networks.adapter(), modes)))
            : Optional.empty();
    return new Learning(loss, merged, speed.readLoss());
  }

  /** The micro-batches of one update, none of them walked yet. */
  UpdateLosses begin(double factor, LeftOut leftOut) {
    return new UpdateLosses(this, factor, leftOut);
  }

  /** To be called when the adapter has changed. */
  void adapterChanged() {
    merged.ifPresent(MergedWeights::merge);
  }
}
