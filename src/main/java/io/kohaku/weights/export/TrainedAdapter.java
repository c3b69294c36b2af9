package io.kohaku.weights.export;

import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.file.AttachedAdapter;
import io.kohaku.lokr.preset.LayerSelection;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.preset.Preset;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.layout.ModuleRegistry;
import io.kohaku.settings.LokrSettings;
import java.nio.file.Path;
import java.util.List;

/**
 * The adapter as the trainer holds it: float32 tensors of a training checkpoint, on the layers and
 * with the scales that the settings choose, not what an exported file says of itself.
 *
 * @param file trained tensors, {@code <layer>.<suffix>}
 * @param settings those of the training
 * @param preset the one that they name
 */
public record TrainedAdapter(Path file, LokrSettings settings, Preset preset) {

  /** The modules that were trained, among those of the networks. */
  public List<AdaptedModule> modules(ModuleRegistry networks) {
    return LayerSelection.select(preset, NetworkOptions.of(settings), networks.modules());
  }

  /** Puts it under networks that were opened with the adapted layers, as the trainer does. */
  public void attach(Sdxl sdxl) {
    AttachedAdapter.attach(sdxl, file, modules(sdxl.modules()));
  }
}
