package io.kohaku.cli;

import io.kohaku.engine.Consent;
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

  @Option(
      names = "--force",
      description = "Run even what is up to date, whatever work is thrown away by it.")
  private boolean force;

  @Option(
      names = "--why",
      description = "Say of each stage whether it would be made again and why; run nothing.")
  private boolean why;

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

  /** Whether the job only tells what it would do. */
  boolean why() {
    return why;
  }

  Consent consent() {
    return force ? Consent.forced() : Consent.asked();
  }

  boolean check() {
    return check;
  }
}
