package io.kohaku.engine;

import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;

/** One stage of the pipeline as something that can be run, skipped and run again alone. */
public interface StageJob {
  /** The command's name, which is the stage folder's name too. */
  String name();

  /** What it does, in one line, for {@code --help}. */
  String summary();

  /** The sections of the settings that decide the result. */
  List<String> sections();

  /**
   * Looks at what the user names and no stage makes, such as a dump or a folder of shards, before
   * anything is started.
   *
   * @throws io.kohaku.settings.binding.SettingsException if it is not there
   */
  default void checkSources(Settings settings, Workspace workspace) throws IOException {}

  /** What the stage reads, by name, with the digests that decide whether it must run again. */
  SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException;

  /** Does the work and writes below {@link StageContext#data}. */
  StageResult run(StageContext context) throws IOException;
}
