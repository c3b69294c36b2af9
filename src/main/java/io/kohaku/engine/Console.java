package io.kohaku.engine;

import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageFolder;
import io.kohaku.settings.SettingsSource;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a person at a terminal is told about a run. */
public final class Console {
  private final PrintStream out;

  /** Prints to the given stream. */
  public Console(PrintStream out) {
    this.out = out;
  }

  void started(StageJob job, SettingsSource source) {
    out.printf("%-10s %s%n", job.name(), job.summary());
    for (String section : job.sections()) {
      source.text(section).lines().map(line -> "           | " + line).forEach(out::println);
    }
  }

  void upToDate(StageJob job, Manifest manifest, StageFolder folder) {
    out.printf("%-10s up to date: %s%n", job.name(), folder.path());
    counts(manifest);
  }

  void finished(Manifest manifest, StageFolder folder) {
    out.printf(
        Locale.ROOT,
        "%-10s done in %.1f s: %s%n",
        manifest.stage(),
        manifest.seconds(),
        folder.path());
    counts(manifest);
  }

  void warn(String message) {
    out.println(message);
  }

  private void counts(Manifest manifest) {
    String outputs =
        manifest.outputs().entrySet().stream()
            .map(output -> output.getKey() + " " + output.getValue().rows())
            .collect(Collectors.joining(", "));
    line("outputs", outputs);
    line("counts", joined(manifest.counts()));
    line("rejects", joined(manifest.rejects()));
  }

  private static String joined(Map<String, Long> numbers) {
    return numbers.entrySet().stream()
        .map(number -> number.getKey() + " " + number.getValue())
        .collect(Collectors.joining(", "));
  }

  private void line(String label, String text) {
    if (!text.isEmpty()) {
      out.printf("           %-8s %s%n", label, text);
    }
  }
}
