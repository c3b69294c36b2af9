package io.kohaku.post.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.post.MalformedPostException;
import io.kohaku.post.Post;
import io.kohaku.post.PostDraft;
import io.kohaku.post.PostTable;
import io.kohaku.settings.posts.RatingLetters;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

/**
 * Damaged lines become posts or rejects with a reason, each of them, and nothing else.
 *
 * <p>{@code -Dfuzz.rounds=100000} looks longer.
 */
class PostLinesFuzzTest {
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 6000);
  private static final int SEED = 17;
  private static final int LONGEST = 4000;

  private static final String LINE =
      """
      {"id":12,"created_at":"2022-02-03T04:05:06.000-05:00","rating":"s","score":-3,\
      "fav_count":9,"file_ext":"png","file_size":5,"image_width":600,"image_height":800.0,\
      "md5":"0123456789abcdef0123456789abcdef","file_url":"https://x.invalid/a.png",\
      "media_asset":{"id":99,"variants":[{"type":"sample"}]},"bit_flags":0,\
      "tag_string_general":"1girl caf\u00e9 \\"q\\"","tag_string_meta":"highres",\
      "is_deleted":false,"is_banned":"f","favs":[1,2],\
      "tags":[{"id":"5","name":"1girl","category":"0"},{"name":"scan","category":5}]}""";

  /** What tools and accidents put in the place of a value. */
  private static final String[] VALUES = {
    "null",
    "true",
    "\"\"",
    "\"NaN\"",
    "NaN",
    "-Infinity",
    "4.5",
    "600.0",
    "1e3",
    "1e999999999",
    "1e-999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "9".repeat(900),
    "[]",
    "{}",
    "[[{\"id\":1}]]",
    "{\"id\":",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"2023-01-02 03:04:05\"",
    "[".repeat(1200),
    "\"" + "x".repeat(5000) + "\"",
    "0x1",
    "007",
    "+1",
    ".5",
    "-"
  };

  private final Random random = new Random(SEED);
  private int posts;
  private int rejects;

  @Test
  void everyDamagedLineIsAPostOrARejectWithItsReason() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = 0; i < ROUNDS; i++) {
      byte[] line = LINE.getBytes(StandardCharsets.UTF_8);
      for (int j = random.nextInt(3); j >= 0; j--) {
        line = damaged(line);
      }
      text.write(oneLine(line));
      text.write('\n');
    }
    long blank = 0;
    try (LineReader lines =
        new LineReader(new ByteArrayInputStream(text.toByteArray()), 0, Long.MAX_VALUE, LONGEST)) {
      PostDraft draft = new PostDraft();
      while (lines.next()) {
        if (lines.blank()) {
          blank++;
        } else if (lines.tooLong()) {
          rejects++;
        } else {
          look(lines, draft);
        }
      }
      assertThat(lines.count()).as("no line is lost").isEqualTo(ROUNDS);
    }
    assertThat(posts + rejects + blank).isEqualTo(ROUNDS);
    assertThat(posts).as("not all is refused").isGreaterThan(ROUNDS / 20);
    assertThat(rejects).as("not all is taken").isGreaterThan(ROUNDS / 20);
  }

  /** An exception of another kind fails the test with the line. */
  private void look(LineReader lines, PostDraft draft) {
    String line =
        new String(lines.buffer(), lines.start(), lines.length(), StandardCharsets.ISO_8859_1);
    try {
      draft.clear();
      long id = JsonPost.id(lines.buffer(), lines.start(), lines.length());
      boolean whole =
          new JsonPost(RatingLetters.GSQE)
              .read(lines.buffer(), lines.start(), lines.length(), draft, any -> true);
      Post post = draft.post();
      assertThat(whole).isTrue();
      assertRight(post, id);
      posts++;
    } catch (MalformedPostException e) {
      assertThat(e.getMessage()).as(line).isNotBlank().hasSizeLessThan(2000);
      rejects++;
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("Of line " + line, e);
    }
  }

  private static void assertRight(Post post, long id) {
    assertThat(id).as("the draw sees a post that is read").isNotNegative();
    assertThat(post.id()).isNotNegative();
    assertThat(post.imageWidth()).isPositive();
    assertThat(post.imageHeight()).isPositive();
    assertThat(post.favCount()).isNotNegative();
    assertThat(post.rating()).isNotNull();
    for (Object value : PostTable.values(post)) {
      if (value instanceof UTF8String text) {
        assertThat(UTF8String.fromString(text.toString())).as("a text in UTF-8").isEqualTo(text);
      }
    }
  }

  private byte[] damaged(byte[] line) {
    int at = random.nextInt(line.length + 1);
    return switch (random.nextInt(8)) {
      case 0 -> flipped(line);
      case 1 -> java.util.Arrays.copyOf(line, at);
      case 2 -> spliced(line, at, at, new byte[] {(byte) random.nextInt(256)});
      case 3 -> spliced(line, at, Math.min(line.length, at + random.nextInt(20)), new byte[0]);
      case 4 -> text(line).replaceFirst("\\{", "{\"id\":" + value() + ",").getBytes(UTF);
      case 5, 6 -> revalued(line);
      default -> spliced(line, at, at, value().getBytes(UTF));
    };
  }

  private static final java.nio.charset.Charset UTF = StandardCharsets.ISO_8859_1;

  private static String text(byte[] line) {
    return new String(line, UTF);
  }

  private String value() {
    return VALUES[random.nextInt(VALUES.length)];
  }

  private byte[] flipped(byte[] line) {
    byte[] copy = line.clone();
    if (copy.length > 0) {
      copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return copy;
  }

  private static byte[] spliced(byte[] line, int from, int until, byte[] inserted) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(line, 0, from);
    out.writeBytes(inserted);
    out.write(line, until, line.length - until);
    return out.toByteArray();
  }

  /** Another value for one of the fields, whatever it holds up to the next comma. */
  private byte[] revalued(byte[] line) {
    String text = text(line);
    String[] fields = text.split("\":", -1);
    if (fields.length < 2) {
      return line;
    }
    int field = 1 + random.nextInt(fields.length - 1);
    int comma = fields[field].indexOf(",\"");
    fields[field] = value() + (comma < 0 ? "" : fields[field].substring(comma));
    return String.join("\":", fields).getBytes(UTF);
  }

  /** A line end in a line would make two of it. */
  private static byte[] oneLine(byte[] line) {
    return text(line).replace('\n', ' ').getBytes(UTF);
  }
}
