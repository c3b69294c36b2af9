package io.kohaku.post.json;

import io.kohaku.input.Appearance;
import io.kohaku.rows.ByteScan;

/** How objects follow one another in a text. */
enum JsonForm {
  /** One a line. */
  LINES,
  /** In an array, or each over several lines. */
  VALUES,
  /** There are no bytes. */
  NOTHING,
  /** It is no JSON. */
  OTHER;

  /** The form of a text that begins with these bytes. */
  static JsonForm of(byte[] head) {
    return switch (Appearance.of(head)) {
      case EMPTY -> NOTHING;
      case JSON_ARRAY -> VALUES;
      case JSON -> opensAlone(head) ? VALUES : LINES;
      // Lines before the first post that are none, or damaged, are for the rejects.
      case TEXT, CSV, UNKNOWN -> holdsObject(head) || isBlank(head) ? LINES : OTHER;
      default -> OTHER;
    };
  }

  /** Whether an opening brace has its line to itself, as printers for people put it. */
  private static boolean opensAlone(byte[] head) {
    int brace = ByteScan.indexOf(head, 0, head.length, '{');
    int end = ByteScan.indexOf(head, 0, head.length, '\n');
    for (int i = brace + 1; i < end; i++) {
      if (head[i] != ' ' && head[i] != '\t' && head[i] != '\r') {
        return false;
      }
    }
    return brace < end && end < head.length;
  }

  /** Whether a line opens as an object does. */
  private static boolean holdsObject(byte[] head) {
    for (int line = 0; line + 1 < head.length; ) {
      if (head[line] == '{' && head[line + 1] == '"') {
        return true;
      }
      line = ByteScan.indexOf(head, line, head.length, '\n') + 1;
    }
    return false;
  }

  private static boolean isBlank(byte[] head) {
    for (byte letter : head) {
      if (letter != ' ' && letter != '\t' && letter != '\r' && letter != '\n') {
        return false;
      }
    }
    return true;
  }
}
