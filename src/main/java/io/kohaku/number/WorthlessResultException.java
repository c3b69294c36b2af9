package io.kohaku.number;

/**
 * What was computed is worth nothing: numbers that are none, or an adapter that learned nothing.
 *
 * <p>Nothing is published; the message says where it went wrong first. The exit code is 3.
 */
public final class WorthlessResultException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  /** Says in one line what is worth nothing, where it began and what to do. */
  public WorthlessResultException(String message) {
    super(message);
  }
}
