package io.kohaku.cluster;

/** The cluster, as it is set up, or one of its machines does not give what the job needs. */
public final class UnsuitableClusterException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** With what is missing, and how to come by it. */
  public UnsuitableClusterException(String message) {
    super(message);
  }
}
