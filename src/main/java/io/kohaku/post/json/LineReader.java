package io.kohaku.post.json;

import io.kohaku.rows.ByteScan;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * The lines of one split of a text file, each as a stretch of one buffer.
 *
 * <p>A line belongs to the split that holds its first byte.
 */
final class LineReader implements Closeable {
  private final InputStream in;
  private final long end;
  private final int maxLine;
  private byte[] buffer = new byte[1 << 18];
  private int limit;
  private int next;
  private long bufferStart;
  private boolean drained;

  private int start;
  private int length;
  private long count;
  private boolean tooLong;

  /**
   * Reads from a stream that stands at {@code start}, or one byte before it if that is not 0.
   *
   * @param end the byte after the split; lines that start there or later are not read
   * @param maxLine a longer line is skipped but for its start
   */
  LineReader(InputStream in, long start, long end, int maxLine) throws IOException {
    this.in = in;
    this.end = end;
    this.maxLine = maxLine;
    this.bufferStart = Math.max(start - 1, 0);
    if (start > 0) {
      findLine();
    }
    count = 0;
  }

  /** Moves to the next line; false if there is none. */
  boolean next() throws IOException {
    return bufferStart + next < end && findLine();
  }

  byte[] buffer() {
    return buffer;
  }

  /** Where the line starts in the buffer. */
  int start() {
    return start;
  }

  /** The line's length without its end. */
  int length() {
    return length;
  }

  /** How many lines there were up to this one. */
  long count() {
    return count;
  }

  /** Whether the line is longer than allowed, so that only its start is here. */
  boolean tooLong() {
    return tooLong;
  }

  boolean blank() {
    for (int i = start; i < start + length; i++) {
      if (buffer[i] > ' ' || buffer[i] < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean findLine() throws IOException {
    start = next;
    tooLong = false;
    int searched = next;
    int found = indexOfLineEnd(searched);
    while (found < 0 && !drained) {
      searched = limit;
      if (limit - start > maxLine) {
        return skipLongLine();
      }
      searched -= fill();
      found = indexOfLineEnd(searched);
    }
    int lineEnd = found < 0 ? limit : found;
    if (found < 0 && lineEnd == start) {
      return false;
    }
    next = found < 0 ? limit : found + 1;
    tooLong = lineEnd - start > maxLine;
    boolean carriageReturn = lineEnd > start && buffer[lineEnd - 1] == '\r';
    length = Math.min(lineEnd - start - (carriageReturn ? 1 : 0), maxLine);
    count++;
    return true;
  }

  /** Makes room and reads on; gives how far the bytes moved down. */
  private int fill() throws IOException {
    int moved = 0;
    if (limit == buffer.length) {
      byte[] target =
          start > buffer.length / 2
              ? buffer
              : new byte[(int) Math.min(2L * buffer.length, Integer.MAX_VALUE - 8)];
      System.arraycopy(buffer, start, target, 0, limit - start);
      moved = start;
      buffer = target;
      bufferStart += moved;
      limit -= moved;
      start = 0;
    }
    int read = in.read(buffer, limit, buffer.length - limit);
    drained = read < 0;
    limit += Math.max(read, 0);
    return moved;
  }

  /** Keeps the start of the line and passes over the rest. */
  private boolean skipLongLine() throws IOException {
    long position = bufferStart + limit;
    System.arraycopy(buffer, start, buffer, 0, maxLine);
    start = 0;
    length = maxLine;
    limit = maxLine;
    tooLong = true;
    count++;
    int found = -1;
    while (found < 0 && !drained) {
      int read = in.read(buffer, maxLine, buffer.length - maxLine);
      drained = read < 0;
      limit = maxLine + Math.max(read, 0);
      bufferStart = position - maxLine;
      position += Math.max(read, 0);
      found = indexOfLineEnd(maxLine);
    }
    next = found < 0 ? limit : found + 1;
    return true;
  }

  private int indexOfLineEnd(int from) {
    int found = ByteScan.indexOf(buffer, from, limit, '\n');
    return found < limit ? found : -1;
  }
}
