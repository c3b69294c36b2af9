package io.kohaku.engine;

import java.io.PrintStream;
import java.util.Locale;

/**
 * How far a stage has come, in one line: count, rate, time to go, and the mean loss of late. At a
 * terminal the line is written over itself; anywhere else a new one appears every ten seconds.
 */
public final class ProgressLine {
  private static final double TERMINAL_SECONDS = 0.5;
  private static final double PLAIN_SECONDS = 10;

  private final PrintStream out;
  private final boolean terminal;
  private final String stage;
  private final Goal goal;
  private final long start;
  private long printed;
  private double lossSum;
  private double lossSteps;
  private double recentLoss = Double.NaN;

  /**
   * What is counted up to what.
   *
   * @param noun the accumulator's name without prefix, for example {@code images}
   * @param total how many there will be
   */
  public record Goal(String noun, long total) {}

  ProgressLine(PrintStream out, boolean terminal, String stage, Goal goal, long now) {
    this.out = out;
    this.terminal = terminal;
    this.stage = stage;
    this.goal = goal;
    this.start = now;
    this.printed = now;
  }

  /**
   * Prints if it is time to.
   *
   * @param now nanoseconds of the same clock as the start
   * @param done how many are done
   * @param loss sum of the losses of all steps so far
   * @param steps number of those steps
   */
  synchronized void update(long now, double done, double loss, double steps) {
    double pause = terminal ? TERMINAL_SECONDS : PLAIN_SECONDS;
    if ((now - printed) / 1e9 < pause || done <= 0) {
      return;
    }
    printed = now;
    if (steps > lossSteps) {
      recentLoss = (loss - lossSum) / (steps - lossSteps);
      lossSum = loss;
      lossSteps = steps;
    }
    String text = text((now - start) / 1e9, done);
    if (terminal) {
      out.print("\r\u001b[K" + text);
      out.flush();
    } else {
      out.println(text);
    }
  }

  /** Leaves the terminal's line clean. */
  synchronized void end() {
    if (terminal) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }

  private String text(double seconds, double done) {
    double rate = done / seconds;
    long left = Math.max(0, Math.round((goal.total() - done) / rate));
    String line =
        String.format(
            Locale.ROOT,
            "%-10s %s %.0f/%d  %.1f/s  %s to go",
            stage,
            goal.noun(),
            done,
            goal.total(),
            rate,
            clock(left));
    return Double.isNaN(recentLoss)
        ? line
        : line + String.format(Locale.ROOT, "  loss %.4f", recentLoss);
  }

  private static String clock(long seconds) {
    return seconds >= 3600
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
        : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }
}
