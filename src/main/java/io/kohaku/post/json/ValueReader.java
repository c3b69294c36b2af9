package io.kohaku.post.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The values of a text of JSON, one at a time: the elements of its arrays, and values that follow
 * one another with or without line ends.
 */
final class ValueReader implements JsonTexts {
  private final JsonParser parser;
  private final Cut copy;
  private byte[] buffer = new byte[0];
  private boolean inArray;
  private long count;

  /**
   * Reads a text.
   *
   * @param longest of a longer value only the start is kept
   */
  ValueReader(InputStream in, int longest) throws IOException {
    this.parser = JsonPost.FACTORY.createParser(in);
    this.copy = new Cut(longest);
  }

  @Override
  public boolean next() throws IOException {
    JsonToken token = parser.nextToken();
    while (token == JsonToken.END_ARRAY || token == JsonToken.START_ARRAY && !inArray) {
      inArray = token == JsonToken.START_ARRAY;
      token = parser.nextToken();
    }
    if (token == null) {
      return false;
    }
    copy.reset();
    try (JsonGenerator generator = JsonPost.FACTORY.createGenerator(copy)) {
      generator.copyCurrentStructure(parser);
    }
    buffer = copy.toByteArray();
    count++;
    return true;
  }

  @Override
  public byte[] buffer() {
    return buffer;
  }

  @Override
  public int start() {
    return 0;
  }

  @Override
  public int length() {
    return buffer.length;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public boolean tooLong() {
    return copy.tooLong;
  }

  @Override
  public boolean blank() {
    return false;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  /** Keeps so many bytes and drops the rest. */
  private static final class Cut extends ByteArrayOutputStream {
    private final int longest;
    private boolean tooLong;

    Cut(int longest) {
      this.longest = longest;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      int kept = Math.min(length, longest - size());
      super.write(bytes, offset, kept);
      tooLong |= kept < length;
    }

    @Override
    public synchronized void reset() {
      super.reset();
      tooLong = false;
    }
  }
}
