package io.kohaku.post.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {
  /** Gives a few bytes at a time, as a network may. */
  private static InputStream slow(byte[] bytes, int from) {
    return new ByteArrayInputStream(bytes, from, bytes.length - from) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, 13));
      }
    };
  }

  private static List<String> lines(byte[] bytes, long start, long end, int maxLine)
      throws IOException {
    List<String> lines = new ArrayList<>();
    try (LineReader reader =
        new LineReader(slow(bytes, (int) Math.max(start - 1, 0)), start, end, maxLine)) {
      while (reader.next()) {
        String text =
            new String(reader.buffer(), reader.start(), reader.length(), StandardCharsets.UTF_8);
        lines.add(reader.tooLong() ? text + "…" : text);
      }
      assertThat(reader.count()).isEqualTo(lines.size());
    }
    return lines;
  }

  @Test
  void everyLineBelongsToOneSplitWhereverTheFileIsCut() throws IOException {
    Random random = new Random(5);
    StringBuilder text = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String line = "x".repeat(random.nextInt(4) == 0 ? 0 : random.nextInt(40)) + i;
      expected.add(line);
      text.append(line).append(i % 7 == 0 ? "\r\n" : "\n");
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    for (int size = 1; size < 200; size++) {
      List<String> all = new ArrayList<>();
      for (int start = 0; start < bytes.length; start += size) {
        all.addAll(lines(bytes, start, Math.min(start + size, bytes.length), 1000));
      }
      assertThat(all).isEqualTo(expected);
    }
  }

  @Test
  void theLastLineNeedsNoEnd() throws IOException {
    byte[] bytes = "one\n\ntwo".getBytes(StandardCharsets.UTF_8);
    assertThat(lines(bytes, 0, bytes.length, 100)).containsExactly("one", "", "two");
    assertThat(lines(new byte[0], 0, Long.MAX_VALUE, 100)).isEmpty();
  }

  @Test
  void aLongLineIsCutAndTheNextOneRead() throws IOException {
    String text = "ab\n" + "y".repeat(1_000_000) + "\ncd\n" + "z".repeat(600_000);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(lines(bytes, 0, bytes.length, 10))
        .containsExactly("ab", "y".repeat(10) + "…", "cd", "z".repeat(10) + "…");
    assertThat(lines(bytes, 0, bytes.length, 700_000))
        .containsExactly("ab", "y".repeat(700_000) + "…", "cd", "z".repeat(600_000));
    assertThat(lines(bytes, 5, bytes.length, 10)).containsExactly("cd", "z".repeat(10) + "…");
  }
}
