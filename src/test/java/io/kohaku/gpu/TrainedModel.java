package io.kohaku.gpu;

import ai.djl.Device;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.preset.Preset;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.model.NetworksLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Networks of random weights with the adapter of a preset, as a rank trains them.
 *
 * @param settings of the training
 * @param networks on the device
 */
record TrainedModel(Settings settings, AdaptedNetworks networks) {
  /** Builds it as {@code words} of settings say; {@code opened} closes it. */
  static TrainedModel open(KitOptions options, List<String> words, Closer opened) {
    List<String> all = new ArrayList<>(List.of("train.schedule.warmup=0", "train.epochs=1000000"));
    all.addAll(words);
    Settings settings = SettingsSource.read(List.of(), all).settings();
    Autograd.enterThread();
    if (settings.train().speed().fuse()) {
      Autograd.fuse();
    }
    Device device = options.device();
    RandomWeights weights =
        RandomWeights.of(options.size(), ModelOptions.dtype(settings.train().compute()));
    KernelOptions kernels = KernelOptions.of(settings.train().speed());
    Sdxl sdxl = opened.add(Sdxl.open(weights, device, LokrKernels.layers(), kernels));
    Preset preset = PresetFile.load(options.kit().resolve(settings.lokr().preset()).toString());
    NetworksLoader.Sources sources = new NetworksLoader.Sources(preset, Optional.empty());
    AdaptedNetworks networks = new NetworksLoader(settings, sources, device).adapt(sdxl, opened);
    return new TrainedModel(settings, networks);
  }

  /** How many numbers are trained. */
  long trained() {
    return networks.adapter().parameters().values().stream()
        .mapToLong(tensor -> tensor.getShape().size())
        .sum();
  }
}
