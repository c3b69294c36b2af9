package io.kohaku.train.model;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.BaseWeights;
import io.kohaku.lokr.DropoutMasks;
import io.kohaku.lokr.Initialization;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.lokr.file.LokrResume;
import io.kohaku.lokr.preset.LayerSelection;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.preset.Preset;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.checkpoint.PredictionMarks;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Loads the frozen networks, puts a new adapter under them and sets up the objective.
 *
 * @param settings whose model lies on this machine
 * @param sources what else is read
 * @param device where the networks go
 */
public record NetworksLoader(Settings settings, Sources sources, Device device) {
  /**
   * What the adapter begins with.
   *
   * @param preset the preset that the settings name
   * @param resume an adapter file of this machine to start from
   */
  public record Sources(Preset preset, Optional<Path> resume) {}

  /** The networks on the device; {@code opened} closes them. */
  public AdaptedNetworks load(Closer opened) {
    return adapt(frozen(opened), opened);
  }

  /** Frozen networks, which stay the caller's, with a new adapter; {@code opened} closes that. */
  public AdaptedNetworks adapt(Sdxl sdxl, Closer opened) {
    NetworkOptions network = NetworkOptions.of(settings.lokr());
    List<AdaptedModule> modules =
        LayerSelection.select(sources.preset(), network, sdxl.modules().modules());
    LokrNetwork adapter =
        opened.add(
            LokrNetwork.create(
                sdxl.manager(),
                modules,
                new Initialization(settings.run().seed(), BaseWeights.of(sdxl)),
                trained()));
    sources
        .resume()
        .ifPresent(
            file -> {
              try (LokrFile start = LokrFile.open(file)) {
                LokrResume.load(adapter, start);
              }
            });
    DropoutMasks masks = opened.add(new DropoutMasks(sdxl.manager(), modules, network.dropout()));
    // What is left open is decided once for all ranks, see LayerModes.
    adapter.attachTo(sdxl, LayerModes.UNDECIDED, masks);
    DiffusionObjective objective = opened.add(objective(sdxl.manager()));
    return new AdaptedNetworks(
        sdxl, adapter, masks, objective, settings.train().gradientCheckpointing());
  }

  private DataType trained() {
    return switch (settings.train().adapterPrecision()) {
      case FP32 -> DataType.FLOAT32;
      case FP16 -> DataType.FLOAT16;
    };
  }

  private Sdxl frozen(Closer opened) {
    ModelOptions options = ModelOptions.of(settings.model(), settings.train().compute());
    Path file = Path.of(settings.model().checkpoint());
    PredictionMarks.of(file)
        .require("train.objective.prediction", settings.train().objective().prediction(), file);
    try (SdxlCheckpoint checkpoint =
        SdxlCheckpoint.open(file, settings.model().vae().map(Path::of), options)) {
      KernelOptions kernels = KernelOptions.of(settings.train().speed());
      return opened.add(Sdxl.open(checkpoint, device, LokrKernels.layers(), kernels));
    }
  }

  private DiffusionObjective objective(NDManager manager) {
    TrainSettings.Objective wanted = settings.train().objective();
    NoiseSchedule schedule =
        wanted.zeroTerminalSnr() ? NoiseSchedule.SDXL.zeroTerminal() : NoiseSchedule.SDXL;
    // The reference weighs by the schedule before its last timestep is made pure noise.
    float[] weights =
        new MinSnr(wanted.minSnrGamma()).weights(NoiseSchedule.SDXL, wanted.prediction());
    return new DiffusionObjective(manager, schedule, wanted.prediction(), weights);
  }
}
