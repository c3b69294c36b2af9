package io.kohaku.post;

/** Says why one row of a source is not a post; expected, so without a stack trace. */
public final class MalformedPostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedPostException(String message) {
    super(message, null, false, false);
  }
}
