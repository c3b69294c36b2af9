package io.kohaku.cluster;

/**
 * A stage was ended because one of its executors is being decommissioned; its tasks had time to
 * save their work, and it can be run again on the executors that stay.
 */
public final class ExecutorLeavingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ExecutorLeavingException(String stage, Throwable cause) {
    super("Stopped " + stage + ": an executor is being decommissioned", cause);
  }
}
