package io.kohaku.gpu;

import ai.djl.Device;
import io.kohaku.lokr.ModeChoice;
import io.kohaku.lokr.cost.LayerTokens;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.train.loop.MeasuredUpdates;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.model.LayerModes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whole LoKr updates of the delta preset: forward, backward, clip, Lion8bit. */
final class UpdatePart {
  private final KitOptions options;
  private final Results results;
  private final UpdateCases cases;

  UpdatePart(KitOptions options) {
    this.options = options;
    this.results = new Results(options.out(), "update");
    this.cases = new UpdateCases(options);
  }

  void run() {
    double longest = 0;
    for (UpdateCase wanted : cases.list()) {
      if (!options.hasTimeFor(longest)) {
        results.put(wanted.name(), Map.of("error", "no time was left"));
        continue;
      }
      long start = System.nanoTime();
      results.attempt(wanted.name(), () -> measure(wanted));
      longest = Math.max(longest, (System.nanoTime() - start) / 1e9);
    }
  }

  private Map<String, ?> measure(UpdateCase wanted) throws Exception {
    Device device = options.device();
    DeviceMemory.release(device);
    long before = device.isGpu() ? DeviceMemory.peak(device) : 0;
    try (Closer opened = new Closer()) {
      long start = System.nanoTime();
      TrainedModel model = TrainedModel.open(options, wanted.words(), opened);
      MeasuredUpdates updates =
          new MeasuredUpdates(
              model.settings(),
              model.networks(),
              modes(model, wanted),
              wanted.images(options),
              opened);
      double opening = (System.nanoTime() - start) / 1e9;
      List<MeasuredUpdates.Seconds> all = updates.run(wanted.updates() + 1);
      List<MeasuredUpdates.Seconds> timed = all.subList(1, all.size());
      Map<String, Object> figures = new LinkedHashMap<>(wanted.figures(options));
      figures.put("seconds_opening", opening);
      figures.put("seconds_first_update", all.get(0).whole());
      figures.putAll(rates(wanted, timed));
      figures.put("bytes_peak", DeviceMemory.peak(device) - before);
      figures.put("trained", model.trained());
      return figures;
    }
  }

  private Map<String, ?> rates(UpdateCase wanted, List<MeasuredUpdates.Seconds> timed) {
    double whole = timed.stream().mapToDouble(MeasuredUpdates.Seconds::whole).average().orElse(0);
    double stepping =
        timed.stream().mapToDouble(MeasuredUpdates.Seconds::stepping).average().orElse(0);
    double waiting =
        timed.stream().mapToDouble(MeasuredUpdates.Seconds::waiting).average().orElse(0);
    int images = wanted.batch() * wanted.microBatches();
    Operations operations = new Operations(options.size().layout(), wanted.tokens(options));
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("seconds_update", whole);
    figures.put("seconds_optimizer", stepping);
    figures.put("seconds_waiting", waiting);
    figures.put("images_per_second", images / whole);
    figures.put("seconds_micro_batch", (whole - stepping) / wanted.microBatches());
    figures.put("operations_per_image", operations.training());
    figures.put("operations_per_second", operations.training() * images / whole);
    figures.put("loss", timed.get(timed.size() - 1).loss());
    figures.put("applied", timed.stream().allMatch(MeasuredUpdates.Seconds::applied));
    return figures;
  }

  private ModeChoice modes(TrainedModel model, UpdateCase wanted) throws Exception {
    AdaptedNetworks networks = model.networks();
    if (LayerModes.isOpen(networks)) {
      Path folder = Files.createTempDirectory("layer-modes");
      LayerTokens one = wanted.tokens(options);
      LayerTokens tokens =
          new LayerTokens(wanted.batch(), one.latentHeight(), one.latentWidth(), one.rows());
      LayerModes modes =
          LayerModes.decide(
              folder, networks, tokens, ModelOptions.dtype(model.settings().train().compute()));
      long bypass = modes.letters().chars().filter(letter -> letter == 'b').count();
      results.put(
          wanted.name() + " modes", Map.of("bypass", bypass, "layers", modes.letters().length()));
      return modes.apply(networks);
    }
    return LayerModes.UNDECIDED;
  }
}
