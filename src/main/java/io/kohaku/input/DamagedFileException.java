package io.kohaku.input;

import java.io.IOException;

/**
 * A file of this program's own is damaged or gone.
 *
 * <p>The message names the file and says what to do. It is all that a person is shown, and the exit
 * code is 5.
 */
public final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says in one line which file, what is wrong and what to do. */
  public DamagedFileException(String message) {
    super(message);
  }

  /** The same with what was seen below. */
  public DamagedFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
