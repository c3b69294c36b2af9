package io.kohaku.train.loop;

import ai.djl.ndarray.NDManager;
import io.kohaku.lokr.MaxNorm;
import io.kohaku.lokr.ParameterGroup;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.model.ExponentialMovingAverage;
import io.kohaku.train.optimizer.OptimizerStep;
import io.kohaku.train.optimizer.Parameter;
import io.kohaku.train.optimizer.RateGroup;
import java.util.List;
import java.util.Optional;

/**
 * How gradients change the adapter.
 *
 * @param optimizerStep guards and applies them
 * @param maxNorm bounds each layer's delta after an update, if there is a bound
 * @param average follows the adapter, if one is kept
 */
public record UpdateRule(
    OptimizerStep optimizerStep,
    Optional<MaxNorm> maxNorm,
    Optional<ExponentialMovingAverage> average) {
  /** The rule of a run of so many updates; {@code opened} closes what it holds. */
  public static UpdateRule open(
      Settings settings, AdaptedNetworks networks, long updates, Closer opened) {
    TrainSettings train = settings.train();
    NDManager manager = networks.sdxl().manager();
    List<RateGroup> groups =
        List.of(
            group(networks, ParameterGroup.TEXT_ENCODERS, train.optimizer().textEncoderRate()),
            group(networks, ParameterGroup.UNET, train.optimizer().unetRate()));
    OptimizerStep optimizerStep = opened.add(OptimizerStep.open(train, manager, groups, updates));
    double decay = train.ema().decay();
    Optional<ExponentialMovingAverage> average =
        decay == 0
            ? Optional.empty()
            : Optional.of(
                opened.add(
                    new ExponentialMovingAverage(manager, networks.adapter().parameters(), decay)));
    return new UpdateRule(optimizerStep, settings.lokr().maxNorm().map(MaxNorm::new), average);
  }

  private static RateGroup group(AdaptedNetworks networks, ParameterGroup group, double rate) {
    List<Parameter> parameters =
        networks.adapter().parameters(group).entrySet().stream()
            .map(entry -> new Parameter(entry.getKey(), entry.getValue()))
            .toList();
    return new RateGroup(group.name(), rate, parameters);
  }
}
