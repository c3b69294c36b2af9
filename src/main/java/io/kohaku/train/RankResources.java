package io.kohaku.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.kohaku.files.LocalCopy;
import io.kohaku.files.LocalModel;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import io.kohaku.train.checkpoint.CheckpointStore;
import io.kohaku.train.checkpoint.RunCheckpoints;
import io.kohaku.train.checkpoint.RunIdentity;
import io.kohaku.train.checkpoint.RunState;
import io.kohaku.train.data.Collator;
import io.kohaku.train.loop.MicroBatchLoss;
import io.kohaku.train.loop.UpdateRule;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.model.NetworksLoader;
import io.kohaku.train.model.NoiseOffset;
import io.kohaku.train.plan.RunPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * What one rank trains with.
 *
 * @param settings of the run; their model lies on this machine
 * @param images what is trained and measured on
 * @param plan of the whole run
 * @param loss of the networks that are trained
 * @param rule how gradients change them
 * @param checkpoints of the run
 */
record RankResources(
    Settings settings,
    ImageSets images,
    RunPlan plan,
    MicroBatchLoss loss,
    UpdateRule rule,
    RunCheckpoints checkpoints) {

  /** Opens all of it on a device; {@code opened} closes it. */
  static RankResources open(
      Settings settings, TrainInputs inputs, Device device, Configuration hadoop, Closer opened)
      throws IOException {
    Settings local = settings.with(LocalModel.of(settings.model(), hadoop));
    ImageSets images = ImageSets.open(local, inputs, hadoop, opened);
    RunPlan plan = RunPlan.of(images.training().sizes(), local.train(), local.run().seed());
    Optional<String> resume = local.lokr().resume();
    NetworksLoader.Sources sources =
        new NetworksLoader.Sources(
            inputs.preset(),
            resume.isEmpty() ? Optional.empty() : Optional.of(LocalCopy.of(resume.get(), hadoop)));
    AdaptedNetworks networks = new NetworksLoader(local, sources, device).load(opened);
    MicroBatchLoss loss = new MicroBatchLoss(networks, tensors(local, networks));
    UpdateRule rule = UpdateRule.open(local, networks, plan.updates(), opened);
    return new RankResources(
        local, images, plan, loss, rule, checkpoints(local, inputs, networks, rule));
  }

  private static Collator tensors(Settings settings, AdaptedNetworks networks) throws IOException {
    TrainSettings.Objective objective = settings.train().objective();
    return new Collator(
        networks.objective(),
        new NoiseOffset(objective.noiseOffset(), objective.adaptiveNoiseScale()),
        Collator.Timesteps.of(objective));
  }

  private static RunCheckpoints checkpoints(
      Settings settings, TrainInputs inputs, AdaptedNetworks networks, UpdateRule rule) {
    TrainSettings train = settings.train();
    NDManager manager = networks.sdxl().manager();
    RunState state =
        new RunState(
            manager,
            networks.adapter().parameters(),
            rule.optimizerStep().optimizer(),
            rule.average(),
            RunIdentity.of(inputs.dataDigest(), train, settings.run().seed()));
    return new RunCheckpoints(
        state, new CheckpointStore(Path.of(inputs.checkpoints()), train.checkpoint().keep()));
  }

  /** What is trained. */
  AdaptedNetworks networks() {
    return loss.networks();
  }
}
