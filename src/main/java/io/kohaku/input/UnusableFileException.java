package io.kohaku.input;

/**
 * A file that the user named is not what it is taken for; trying again will not help.
 *
 * <p>The message names the file and says what is wrong with it and what to do. It is all that a
 * person is shown, and the exit code is 2.
 */
public final class UnusableFileException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Says in one line which file, what is wrong and what to do. */
  public UnusableFileException(String message) {
    super(message);
  }

  /** The same with what was seen below, for the log. */
  public UnusableFileException(String message, Throwable cause) {
    super(message, cause);
  }

  /** {@code Cannot read FILE as WANTED: it seems to be … (what to do)}. */
  public static UnusableFileException of(Object file, String wanted, Appearance seen) {
    return new UnusableFileException(
        "Cannot read %s as %s: it seems to be %s".formatted(file, wanted, seen.sentence()));
  }
}
