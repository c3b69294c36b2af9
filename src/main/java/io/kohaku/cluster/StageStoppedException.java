package io.kohaku.cluster;

/** A stage was ended because its driver was asked to end; its tasks had time to save their work. */
public final class StageStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StageStoppedException(String stage, Throwable cause) {
    super("Stopped " + stage + ": the driver was asked to end", cause);
  }
}
