package io.kohaku.post.json;

import io.kohaku.post.MalformedPostException;
import io.kohaku.post.PostDraft;
import io.kohaku.post.screen.RawPosts;
import io.kohaku.post.screen.ScreenedTable.Place;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.util.function.LongPredicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.unsafe.types.UTF8String;

/** The posts of one split of JSON lines; blank lines are none. */
final class JsonRawPosts implements RawPosts {
  private final TextSplit split;
  private final JsonPost json;
  private final JsonTexts lines;
  private String within = "";
  private UTF8String origin;

  JsonRawPosts(TextSplit split, PostSettings settings, Configuration hadoop) throws IOException {
    this.split = split;
    this.json = new JsonPost(settings.ratingLetters());
    this.lines = split.open(hadoop, Math.toIntExact(settings.maxLineBytes()));
    this.origin = UTF8String.fromString(split.path());
  }

  @Override
  public boolean next() throws IOException {
    try {
      boolean found = lines.next();
      while (found && lines.blank()) {
        found = lines.next();
      }
      return found;
    } catch (IOException e) {
      throw new IOException(
          "Cannot read %s after line %s: %s".formatted(split.path(), lines.count(), e.getMessage()),
          e);
    }
  }

  @Override
  public boolean read(PostDraft draft, LongPredicate drawn) {
    if (lines.tooLong()) {
      throw new MalformedPostException(
          "Cannot read post: the line is longer than " + lines.length() + " bytes");
    }
    return json.read(lines.buffer(), lines.start(), lines.length(), draft, drawn);
  }

  @Override
  public Place place() {
    if (!lines.within().equals(within)) {
      within = lines.within();
      origin = UTF8String.fromString(split.path() + within);
    }
    return new Place(origin, split.start(), lines.count());
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
