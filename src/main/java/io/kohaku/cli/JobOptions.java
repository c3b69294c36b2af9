package io.kohaku.cli;

import io.kohaku.settings.SettingsSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that every job takes. */
final class JobOptions {
  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "Recipe file; repeatable, a later file stands above an earlier one.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "key=value",
      description = "One setting above all files; repeatable.")
  private List<String> overrides = new ArrayList<>();

  @Option(names = "--force", description = "Run even what is up to date.")
  private boolean force;

  @Option(
      names = "--check",
      description = "Check settings and named files, then stop before Spark starts.")
  private boolean check;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  SettingsSource source() {
    return SettingsSource.read(files, overrides);
  }

  /** The settings with one more {@code key=value} above all. */
  SettingsSource source(String override) {
    List<String> all = new ArrayList<>(overrides);
    all.add(override);
    return SettingsSource.read(files, all);
  }

  boolean force() {
    return force;
  }

  boolean check() {
    return check;
  }
}
