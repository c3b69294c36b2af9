package io.kohaku.cluster;

/** Spark has given a stage up, after as many attempts as its settings allow. */
public final class StageFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StageFailedException(String stage, Throwable cause) {
    super("Cannot run stage " + stage + ": " + cause.getMessage(), cause);
  }
}
