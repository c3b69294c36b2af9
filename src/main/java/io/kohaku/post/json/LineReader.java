package io.kohaku.post.json;

import io.kohaku.rows.ByteScan;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of one split of a text file, each as a stretch of one buffer.
 *
 * <p>A line belongs to the split that holds its first byte.
 */
final class LineReader implements JsonTexts {
  /** What programs of Windows put before a text in UTF-8. */
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

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

  @Override
  public boolean next() throws IOException {
    return bufferStart + next < end && findLine();
  }

  @Override
  public byte[] buffer() {
    return buffer;
  }

  @Override
  public int start() {
    return start;
  }

  /** The line without its end. */
  @Override
  public int length() {
    return length;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public boolean tooLong() {
    return tooLong;
  }

  /** Blanks and a mark of UTF-8 are nothing; zeros are what an unfinished download leaves. */
  @Override
  public boolean blank() {
    int first = hasMark() ? start + MARK.length : start;
    for (int i = first; i < start + length; i++) {
      if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private boolean hasMark() {
    return length >= MARK.length
        && Arrays.equals(buffer, start, start + MARK.length, MARK, 0, MARK.length);
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
