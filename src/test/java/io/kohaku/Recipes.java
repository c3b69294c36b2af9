package io.kohaku;

import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import java.nio.file.Path;
import java.util.List;

/** Settings for tests: a recipe of the repository with some keys changed. */
public final class Recipes {
  private Recipes() {}

  /** Defaults with overrides such as {@code posts.seed=2}. */
  public static Settings defaults(String... overrides) {
    return SettingsSource.read(List.of(), List.of(overrides)).settings();
  }

  /** The model card's recipe with overrides. */
  public static Settings delta(String... overrides) {
    return SettingsSource.read(List.of(Path.of("conf", "delta.conf")), List.of(overrides))
        .settings();
  }
}
