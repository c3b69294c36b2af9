package io.kohaku.post.unpack;

import java.io.IOException;

/** A file is whole, and packed in a way that only other tools unpack. */
public final class UnknownPackingException extends IOException {
  private static final long serialVersionUID = 1L;

  UnknownPackingException(String message) {
    super(message);
  }
}
