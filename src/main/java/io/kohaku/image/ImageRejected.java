package io.kohaku.image;

/** An image that cannot be used, and why: the row goes to the rejects, the run goes on. */
public final class ImageRejected extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  /** With a reason to count by and a detail for whoever looks at the one image. */
  public ImageRejected(RejectReason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  /** The reason to count by. */
  public RejectReason reason() {
    return reason;
  }
}
