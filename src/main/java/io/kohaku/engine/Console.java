package io.kohaku.engine;

import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageFolder;
import java.io.PrintStream;
import java.util.List;
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

  void started(StagePlan plan, List<String> notes) {
    out.printf("%-10s %s%n", plan.job().name(), plan.job().summary());
    if (plan.published().isPresent()) {
      plan.reasons().forEach(reason -> out.println("           again: " + reason));
    }
    notes.forEach(note -> out.println("           " + note));
    plan.settings().forEach((key, value) -> out.println("           | " + key + " = " + value));
  }

  void upToDate(Manifest manifest, StageFolder folder) {
    out.printf("%-10s up to date: %s%n", manifest.stage(), folder.path());
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

  /** Says of one stage whether it would be made, and why. */
  void why(String stage, List<String> lines) {
    out.printf("%-10s %s%n", stage, lines.get(0));
    lines.stream().skip(1).forEach(line -> out.println("           " + line));
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
