package io.kohaku.engine;

import io.kohaku.provenance.Manifest;
import java.util.Comparator;
import java.util.Locale;

/**
 * Work that would be thrown away.
 *
 * @param what for people, for example {@code 3.6 million latents}; empty if there is none
 * @param seconds that it took
 */
public record Loss(String what, double seconds) {
  /** None. */
  public static final Loss NONE = new Loss("", 0);

  private static final long MILLION = 1_000_000;

  /** All that a published stage took, told by its largest output. */
  static Loss of(Manifest published) {
    return published.outputs().entrySet().stream()
        .filter(output -> !output.getKey().contains("reject"))
        .max(Comparator.comparingLong(output -> output.getValue().rows()))
        .map(output -> number(output.getValue().rows()) + " " + output.getKey())
        .map(what -> new Loss(what, published.seconds()))
        .orElse(NONE);
  }

  /** A count for people. */
  public static String number(long count) {
    return count < MILLION
        ? String.format(Locale.ROOT, "%,d", count)
        : String.format(Locale.ROOT, "%.1f million", (double) count / MILLION);
  }
}
