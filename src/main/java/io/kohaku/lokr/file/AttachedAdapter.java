package io.kohaku.lokr.file;

import io.kohaku.lokr.Dropout;
import io.kohaku.lokr.DropoutMasks;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.ModeChoice;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.sdxl.Sdxl;
import java.nio.file.Path;
import java.util.List;

/** Puts an adapter's file on loaded networks, as training puts it there. */
public final class AttachedAdapter {
  private AttachedAdapter() {}

  /**
   * Attaches {@code file} to networks that were opened with {@link LokrKernels#layers()}; it lives
   * as long as they do.
   *
   * @param multiplier strength: 1 as trained
   */
  public static void attach(Sdxl sdxl, Path file, double multiplier) {
    try (LokrFile stored = LokrFile.open(file)) {
      List<LokrLayer> layers = stored.layers(sdxl.modules().layers());
      LokrNetwork network =
          LokrNetwork.create(
              sdxl.manager(),
              layers,
              (scope, layer, leaf) -> stored.tensor(scope, layer, leaf.suffix()));
      network.attachTo(
          (layer, tensors, numbers) -> sdxl.attach(layer.network(), layer.path(), tensors, numbers),
          ModeChoice.forced(ApplyMode.MERGED),
          new DropoutMasks(sdxl.manager(), layers, Dropout.NONE),
          multiplier);
    }
  }
}
