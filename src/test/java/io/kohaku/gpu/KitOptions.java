package io.kohaku.gpu;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** What a program of the kit is told: {@code key=value} words. */
final class KitOptions {
  private final Map<String, String> values;
  private final long end;

  private KitOptions(Map<String, String> values) {
    this.values = values;
    this.end = System.nanoTime() + 1_000_000_000L * number("limit", 600);
  }

  static KitOptions of(String... words) {
    return new KitOptions(
        Arrays.stream(words)
            .map(word -> word.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
  }

  String text(String key, String fallback) {
    return values.getOrDefault(key, fallback);
  }

  int number(String key, int fallback) {
    return Integer.parseInt(text(key, String.valueOf(fallback)));
  }

  Device device() {
    return text("device", "cpu").equals("gpu") ? Device.gpu(0) : Device.cpu();
  }

  ModelSize size() {
    return ModelSize.of(text("size", "tiny"));
  }

  /** Pixels of a side that is so long on a GPU, where all is measured at its size. */
  int pixels(int real) {
    return Math.max(32, real * number("side", size().side) / 1024 / 32 * 32);
  }

  /** The file of the figures. */
  Path out() {
    return Path.of(text("out", "results.jsonl"));
  }

  /** The kit's folder. */
  Path kit() {
    return Path.of(text("kit", "."));
  }

  /** Whether so many seconds are left before this program must end. */
  boolean hasTimeFor(double seconds) {
    return (end - System.nanoTime()) / 1e9 > seconds;
  }
}
