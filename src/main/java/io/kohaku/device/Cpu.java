package io.kohaku.device;

import com.sun.management.OperatingSystemMXBean;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The CPU of this machine.
 *
 * @param model its maker's name for it
 * @param threads that this process may run at once
 * @param bytes of the machine's or the container's memory
 * @param flags what instructions it has, by Linux' names; empty where nothing tells
 */
record Cpu(String model, int threads, long bytes, Set<String> flags) {
  private static final Path TOLD = Path.of("/proc/cpuinfo");

  /** That of this machine. */
  static Cpu here() {
    return of(lines());
  }

  /** The CPU that lines of {@code /proc/cpuinfo} tell of. */
  static Cpu of(List<String> lines) {
    String model = value(lines, "model name");
    String flags = value(lines, "flags") + " " + value(lines, "Features");
    return new Cpu(
        model.isEmpty() ? System.getProperty("os.arch") : model,
        Runtime.getRuntime().availableProcessors(),
        memory(),
        Set.copyOf(Arrays.stream(flags.split(" ")).filter(flag -> !flag.isEmpty()).toList()));
  }

  private static List<String> lines() {
    try {
      return Files.exists(TOLD) ? Files.readAllLines(TOLD) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.matches(key + "\\s*:.*"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : 0;
  }

  /** Instructions for products of this format, any of which would do. */
  private static List<String> instructions(Precision precision) {
    return switch (precision) {
      case FP32 -> List.of();
      case BF16 -> List.of("avx512_bf16", "amx_bf16", "bf16");
      case FP16 -> List.of("avx512_fp16", "amx_fp16", "fphp");
    };
  }

  /** The instructions of this format that the CPU has. */
  List<String> has(Precision precision) {
    return instructions(precision).stream().filter(flags::contains).toList();
  }

  /** Whether products of this format are known to be without an instruction here. */
  boolean lacks(Precision precision) {
    return precision != Precision.FP32 && !flags.isEmpty() && has(precision).isEmpty();
  }

  /** What {@link #lacks} looked for, on the kind of CPU that this is. */
  String wanted(Precision precision) {
    List<String> all = instructions(precision);
    boolean arm = flags.contains("asimd");
    return String.join(", ", arm ? all.subList(2, 3) : all.subList(0, 2));
  }

  @Override
  public String toString() {
    return "%s, %s threads, %s GiB".formatted(model, threads, gibibytes(bytes));
  }

  /** Memory as people read it. */
  static String gibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / (double) (1L << 30));
  }
}
