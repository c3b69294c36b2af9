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
import io.kohaku.lokr.shape.WeightDecomposition;
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

  /** The file beside a run's checkpoints that keeps its decision. */
  public static final String FILE = "layer-modes.txt";

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
    modes.keep(folder);
    return modes;
  }

  /**
   * Decides as a run did whose decision lies in {@code origin}, if nothing is decided yet and it
   * fits the layers: a branch with that run's settings then computes the same bits.
   */
  public static void inherit(Path origin, Path folder, AdaptedNetworks networks)
      throws IOException {
    Path file = origin.resolve(FILE);
    if (Files.exists(file) && !Files.exists(folder.resolve(FILE))) {
      LayerModes modes = new LayerModes(Files.readString(file).strip());
      if (modes.fit(networks.adapter().layers())) {
        modes.keep(folder);
      }
    }
  }

  /** Whether there is a letter for each layer, and one that the settings leave open. */
  private boolean fit(List<LokrLayer> layers) {
    boolean fit = isFor(layers);
    for (int i = 0; i < layers.size() && fit; i++) {
      ApplyMode asked = layers.get(i).mode();
      boolean decomposed = layers.get(i).shape().decomposition() != WeightDecomposition.NONE;
      fit = mode(i) == ApplyMode.MERGED || !decomposed;
      fit &= asked == ApplyMode.AUTO || asked == mode(i);
    }
    return fit;
  }

  private void keep(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path staging = folder.resolve(".staging-" + UUID.randomUUID() + ".txt");
    WholeFile.write(folder.resolve(FILE), staging, path -> Files.writeString(path, letters + "\n"));
    LOG.info(
        "{} of {} layers are applied in bypass, the others merged",
        letters.replace(MERGED, "").length(),
        letters.length());
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
    if (!isFor(layers)) {
      throw new IllegalArgumentException(
          "Invalid %s: %s letters (m or b for each of %s layers; remove the run's checkpoints)"
              .formatted(FILE, letters.length(), layers.size()));
    }
    Map<String, ApplyMode> modes = new HashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      modes.put(layers.get(i).name(), mode(i));
    }
    ModeChoice choice = layer -> modes.get(layer.name());
    networks.adapter().reapply(networks.sdxl(), choice);
    return choice;
  }

  private boolean isFor(List<LokrLayer> layers) {
    return letters.length() == layers.size() && letters.matches("[mbf]*");
  }

  private ApplyMode mode(int layer) {
    return letters.charAt(layer) == MERGED.charAt(0) ? ApplyMode.MERGED : ApplyMode.BYPASS;
  }
}
