package io.kohaku.lokr.file;

import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.Dropout;
import io.kohaku.lokr.DropoutMasks;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.ModeChoice;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.sdxl.Sdxl;
import java.nio.file.Path;
import java.util.List;

/**
 * Puts a stored adapter on loaded networks, as training puts it there; what it adds to norms and
 * biases goes into them.
 *
 * <p>The networks were opened with {@link LokrKernels#layers()}; the adapter lives as long as they
 * do, at the strength that it was trained with.
 */
public final class AttachedAdapter {
  private AttachedAdapter() {}

  /** Attaches the layers that the file itself says. */
  public static void attach(Sdxl sdxl, Path file) {
    try (LokrFile stored = LokrFile.open(file)) {
      attach(sdxl, stored, stored.layers(sdxl.modules().modules()));
      MergedAdapters.apply(sdxl, stored.vectors(sdxl.modules().modules(), 1));
    }
  }

  /** Attaches a file's tensors on these modules, with their scales, whatever the file says. */
  public static void attach(Sdxl sdxl, Path file, List<AdaptedModule> modules) {
    try (LokrFile stored = LokrFile.open(file)) {
      attach(sdxl, stored, modules);
    }
  }

  private static void attach(Sdxl sdxl, LokrFile stored, List<? extends AdaptedModule> modules) {
    LokrNetwork network = LokrNetwork.create(sdxl.manager(), modules, stored.values());
    DropoutMasks none = new DropoutMasks(sdxl.manager(), modules, Dropout.NONE);
    network.attachTo(sdxl, ModeChoice.forced(ApplyMode.MERGED), none);
  }
}
