package io.kohaku.train.model;

import ai.djl.ndarray.NDManager;
import io.kohaku.files.local.WholeFile;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.ModeChoice;
import io.kohaku.lokr.cost.CostModel;
import io.kohaku.lokr.cost.DeviceRates;
import io.kohaku.lokr.cost.LayerTokens;
import io.kohaku.lokr.cost.MeasuredModes;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.tensor.Dtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How each layer's update is applied in one run.
 *
 * <p>The first rank decides, by measured time where the settings leave it open, and keeps the
 * decision beside the run's checkpoints: both ways round differently, so all ranks and every start
 * of the run must go the same way.
 *
 * @param letters {@code m} (merged) or {@code b} (bypass) for each layer in creation order; an
 *     older run's file says {@code f} for {@code b}
 */
public record LayerModes(String letters) {
  /** What the settings say of a layer; merged where they leave it open. */
  public static final ModeChoice UNDECIDED = ModeChoice.forced(ApplyMode.MERGED);

  private static final Logger LOG = LoggerFactory.getLogger(LayerModes.class);
  private static final String FILE = "layer-modes.txt";
  private static final String MERGED = "m";
  private static final String BYPASS = "b";

  /** Whether the settings leave the way of any layer open. */
  public static boolean isOpen(AdaptedNetworks networks) {
    return networks.adapter().layers().stream().anyMatch(layer -> layer.mode() == ApplyMode.AUTO);
  }

  /** The decision of an earlier start of the run in {@code folder}, else a new one, kept there. */
  public static LayerModes decide(
      Path folder, AdaptedNetworks networks, LayerTokens tokens, Dtype compute) throws IOException {
    Path file = folder.resolve(FILE);
    if (Files.exists(file)) {
      return new LayerModes(Files.readString(file).strip());
    }
    LayerModes modes = measure(networks, tokens, compute);
    Files.createDirectories(folder);
    Path staging = folder.resolve(".staging-" + UUID.randomUUID() + ".txt");
    WholeFile.write(file, staging, path -> Files.writeString(path, modes.letters() + "\n"));
    LOG.info(
        "{} of {} layers are applied in bypass, the others merged",
        modes.letters().replace(MERGED, "").length(),
        modes.letters().length());
    return modes;
  }

  private static LayerModes measure(AdaptedNetworks networks, LayerTokens tokens, Dtype compute) {
    NDManager manager = networks.sdxl().manager();
    CostModel model = new CostModel(DeviceRates.measure(manager, compute), compute, tokens);
    try (MeasuredModes modes = new MeasuredModes(manager, model)) {
      return new LayerModes(
          networks.adapter().layers().stream()
              .map(layer -> modes.of(layer) == ApplyMode.BYPASS ? BYPASS : MERGED)
              .collect(Collectors.joining()));
    }
  }

  /** Applies the adapter's layers so, and says of each how that is. */
  public ModeChoice apply(AdaptedNetworks networks) {
    List<LokrLayer> layers = networks.adapter().layers();
    if (letters.length() != layers.size() || !letters.matches("[mbf]*")) {
      throw new IllegalArgumentException(
          "Invalid %s: %s letters (m or b for each of %s layers; remove the run's checkpoints)"
              .formatted(FILE, letters.length(), layers.size()));
    }
    Map<String, ApplyMode> modes = new HashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      modes.put(
          layers.get(i).name(),
          letters.charAt(i) == MERGED.charAt(0) ? ApplyMode.MERGED : ApplyMode.BYPASS);
    }
    ModeChoice choice = layer -> modes.get(layer.name());
    networks.adapter().reapply(networks.sdxl(), choice);
    return choice;
  }
}
