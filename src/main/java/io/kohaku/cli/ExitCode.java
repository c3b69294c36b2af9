package io.kohaku.cli;

import io.kohaku.cluster.StageStoppedException;
import io.kohaku.cluster.UnsuitableClusterException;
import io.kohaku.engine.DataGateException;
import io.kohaku.input.UnusableFileException;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.settings.binding.SettingsException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The process exit codes, which schedulers act on. */
public enum ExitCode {
  /** The job is done, or was up to date. */
  DONE(0),
  /** A bug, or something that nobody foresaw. */
  BUG(1),
  /**
   * The command line, the settings or a file that they name cannot be used; trying again will not
   * help.
   */
  USAGE(2),
  /** The data is worse than a gate allows, or what was computed from it is worth nothing. */
  DATA_GATE(3),
  /** The cluster does not give what the job needs. */
  RESOURCES(4),
  /** Reading or writing failed; trying again may help. */
  RETRYABLE(5);

  private final int value;

  ExitCode(int value) {
    this.value = value;
  }

  /** The number that the process ends with. */
  public int value() {
    return value;
  }

  /** The code for a failure, by the first cause that tells. */
  public static ExitCode of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isUsage(cause)) {
        return USAGE;
      } else if (isWorthless(cause)) {
        return DATA_GATE;
      } else if (cause instanceof UnsuitableClusterException) {
        return RESOURCES;
      } else if (cause instanceof StageStoppedException) {
        return RETRYABLE;
      } else if (cause instanceof FileNotFoundException) {
        return BUG;
      } else if (cause instanceof IOException || cause instanceof UncheckedIOException) {
        return RETRYABLE;
      }
    }
    return BUG;
  }

  /** Whether a failure's own message says all that helps, so that nobody needs its trace. */
  public static boolean isToldInFull(Throwable failure) {
    return isUsage(failure) || isWorthless(failure);
  }

  private static boolean isUsage(Throwable failure) {
    return failure instanceof SettingsException || failure instanceof UnusableFileException;
  }

  private static boolean isWorthless(Throwable failure) {
    return failure instanceof DataGateException || failure instanceof WorthlessResultException;
  }
}
