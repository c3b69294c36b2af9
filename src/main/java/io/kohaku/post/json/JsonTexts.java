package io.kohaku.post.json;

import java.io.Closeable;
import java.io.IOException;

/** The texts of posts in a file, each as a stretch of a buffer that the next one reuses. */
interface JsonTexts extends Closeable {
  /** Moves to the next text; false if there is none. */
  boolean next() throws IOException;

  byte[] buffer();

  /** Where the text starts in the buffer. */
  int start();

  int length();

  /** How many texts, or lines, there were up to this one. */
  long count();

  /** Whether the text is longer than allowed, so that only its start is here. */
  boolean tooLong();

  /** Whether there is nothing but blanks. */
  boolean blank();

  /** Where in the file they lie: nothing, or {@code !/} and the name of a member. */
  default String within() {
    return "";
  }
}
