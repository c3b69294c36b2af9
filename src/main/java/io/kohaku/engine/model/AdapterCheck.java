package io.kohaku.engine.model;

import io.kohaku.files.LocalCopy;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.lokr.file.LokrResume;
import io.kohaku.lokr.preset.BuiltInPreset;
import io.kohaku.lokr.preset.IdleTargets;
import io.kohaku.lokr.preset.LayerSelection;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.preset.Preset;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.settings.LokrSettings;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Settings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens adapters before anything is started. Files of another file system are looked at where they
 * are loaded.
 */
public final class AdapterCheck {
  private static final Logger LOG = LoggerFactory.getLogger(AdapterCheck.class);

  /** What was warned of: each once in a JVM, however often it is looked at. */
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private AdapterCheck() {}

  /**
   * Holds the layers of adapters against those of the checkpoint that they are added to, where both
   * are there.
   *
   * @throws UnusableFileException naming layers that the checkpoint does not have, or of other
   *     shapes
   */
  public static void fit(ModelSettings model, List<String> adapters, Configuration hadoop)
      throws IOException {
    Optional<SdxlLayout> layout =
        adapters.isEmpty() ? Optional.empty() : CheckpointCheck.layoutHere(model, hadoop);
    for (String adapter : adapters) {
      if (layout.isPresent() && LocalCopy.isHere(adapter, hadoop)) {
        try (LokrFile file = LokrFile.open(LocalCopy.of(adapter, hadoop))) {
          file.updates(layout.get().modules().changeable(), 1);
        }
      }
    }
  }

  /**
   * Holds a preset, and the adapter to go on from, against the checkpoint's layers; warns of
   * targets that it does not have.
   *
   * @throws UnusableFileException if the preset selects nothing, or other layers than are resumed
   */
  public static void trained(Settings settings, Preset preset, Configuration hadoop)
      throws IOException {
    List<AdaptableLayer> layers = layers(settings.model(), hadoop);
    if (layers.isEmpty()) {
      return;
    }
    LokrSettings lokr = settings.lokr();
    List<AdaptedModule> selected;
    try {
      selected = LayerSelection.select(preset, NetworkOptions.of(lokr), layers);
    } catch (IllegalArgumentException e) {
      throw new UnusableFileException(
          "Invalid lokr.preset: %s (%s)".formatted(lokr.preset(), e.getMessage()), e);
    }
    List<String> idle =
        BuiltInPreset.ofKey(lokr.preset()).isPresent() ? List.of() : IdleTargets.of(preset, layers);
    if (!idle.isEmpty() && TOLD.add(lokr.preset() + idle)) {
      LOG.warn(
          "Left aside in {}: {} (no module of the networks is called so)", lokr.preset(), idle);
    }
    Optional<String> resume = lokr.resume();
    if (resume.isPresent() && LocalCopy.isHere(resume.get(), hadoop)) {
      try (LokrFile file = LokrFile.open(LocalCopy.of(resume.get(), hadoop))) {
        LokrResume.requireFit(selected, file);
      }
    }
  }

  /** The layers that a checkpoint offers, or none where it is not there yet. */
  private static List<AdaptableLayer> layers(ModelSettings model, Configuration hadoop)
      throws IOException {
    Optional<SdxlLayout> layout = CheckpointCheck.layoutHere(model, hadoop);
    return layout.isPresent() ? layout.get().modules().modules() : List.of();
  }

  /**
   * Looks at the names and shapes in an adapter's file.
   *
   * @throws UnusableFileException telling what it is instead
   */
  public static void adapter(String location, Configuration hadoop) throws IOException {
    if (LocalCopy.isHere(location, hadoop)) {
      LokrFile.open(LocalCopy.of(location, hadoop)).close();
    }
  }
}
