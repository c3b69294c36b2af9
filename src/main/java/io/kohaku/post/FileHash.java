package io.kohaku.post;

import java.nio.ByteBuffer;
import org.apache.spark.unsafe.types.UTF8String;

/** The md5 of a file as the site writes it. */
public final class FileHash {
  private static final int LENGTH = 32;

  private FileHash() {}

  /**
   * The hash of a text, in lower case; null if the text is null, blank, or a word for nothing,
   * which tells nothing of any file.
   */
  public static UTF8String of(UTF8String text) {
    if (text == null) {
      return null;
    } else if (text.numBytes() == LENGTH && isPlain(text)) {
      return text;
    }
    UTF8String trimmed = text.trim();
    return WrittenNumber.isNothing(trimmed.toString()) ? null : trimmed.toLowerCase();
  }

  /** Whether there is neither a blank nor a capital letter. */
  private static boolean isPlain(UTF8String text) {
    ByteBuffer bytes = text.getByteBuffer();
    for (int i = 0; i < LENGTH; i++) {
      byte letter = bytes.get(bytes.position() + i);
      if (letter <= ' ' || letter >= 'A' && letter <= 'Z') {
        return false;
      }
    }
    return true;
  }
}
