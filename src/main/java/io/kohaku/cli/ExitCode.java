package io.kohaku.cli;

import io.kohaku.cluster.StageStoppedException;
import io.kohaku.cluster.UnsuitableClusterException;
import io.kohaku.engine.DataGateException;
import io.kohaku.input.DamagedFileException;
import io.kohaku.input.UnusableFileException;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.provenance.StageHeldException;
import io.kohaku.settings.binding.SettingsException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

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
    return ofCause(deciding(failure)).orElse(BUG);
  }

  /** The first cause that tells, which may be the failure itself; it if none does. */
  public static Throwable deciding(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .filter(cause -> ofCause(cause).isPresent())
        .findFirst()
        .orElse(failure);
  }

  /** Whether the message of what decided says all that helps, so that nobody needs a trace. */
  public static boolean isToldInFull(Throwable failure) {
    ExitCode code = of(failure);
    Throwable deciding = deciding(failure);
    return code == USAGE
        || code == DATA_GATE
        || deciding instanceof DamagedFileException
        || deciding instanceof StageStoppedException
        || deciding instanceof StageHeldException;
  }

  private static Optional<ExitCode> ofCause(Throwable cause) {
    if (cause instanceof SettingsException
        || cause instanceof UnusableFileException
        || cause instanceof UnsupportedFileSystemException) {
      return Optional.of(USAGE);
    } else if (cause instanceof DataGateException || cause instanceof WorthlessResultException) {
      return Optional.of(DATA_GATE);
    } else if (cause instanceof UnsuitableClusterException) {
      return Optional.of(RESOURCES);
    } else if (cause instanceof StageStoppedException) {
      return Optional.of(RETRYABLE);
    } else if (cause instanceof FileNotFoundException) {
      return Optional.of(BUG);
    } else if (cause instanceof IOException || cause instanceof UncheckedIOException) {
      return Optional.of(RETRYABLE);
    }
    return Optional.empty();
  }
}
