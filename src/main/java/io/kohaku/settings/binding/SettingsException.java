package io.kohaku.settings.binding;

import java.util.List;

/** The settings, as given, cannot be used; the message has one line for each problem. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** One message for each problem that was found. */
  public SettingsException(List<String> messages) {
    super(String.join(System.lineSeparator(), messages));
  }

  /** A single problem. */
  public SettingsException(String message) {
    this(List.of(message));
  }
}
