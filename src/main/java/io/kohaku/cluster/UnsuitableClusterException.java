package io.kohaku.cluster;

/** The cluster, as it is set up, cannot run a barrier stage of so many ranks. */
public final class UnsuitableClusterException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  UnsuitableClusterException(String message) {
    super(message);
  }
}
