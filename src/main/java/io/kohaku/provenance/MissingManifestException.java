package io.kohaku.provenance;

import java.io.IOException;

/** A stage was asked to read what no stage has published. */
public final class MissingManifestException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says which manifest is missing. */
  MissingManifestException(String message) {
    super(message);
  }
}
