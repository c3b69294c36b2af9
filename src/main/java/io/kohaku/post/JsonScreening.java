package io.kohaku.post;

import io.kohaku.settings.PostSettings;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/** The rows of {@link ScreenedTable} for one split of JSON lines; the tally comes last. */
final class JsonScreening implements Iterator<InternalRow>, Closeable {
  private final TextSplit split;
  private final DrawnIds drawn;
  private final PostFilter filter;
  private final JsonPost json;
  private final LineReader lines;
  private final UTF8String origin;
  private final PostDraft draft = new PostDraft();
  private long read;
  private long notDrawn;
  private boolean tallied;
  private InternalRow upcoming;

  JsonScreening(TextSplit split, DrawnIds drawn, PostSettings settings, Configuration hadoop) {
    this.split = split;
    this.drawn = drawn;
    this.filter = new PostFilter(settings.filter());
    this.json = new JsonPost(settings.ratingLetters());
    this.origin = UTF8String.fromString(split.path());
    try {
      this.lines = split.open(hadoop, Math.toIntExact(settings.maxLineBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + split.path() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public boolean hasNext() {
    if (upcoming == null && !tallied) {
      upcoming = advance();
    }
    return upcoming != null;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    InternalRow row = upcoming;
    upcoming = null;
    return row;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  private InternalRow advance() {
    try {
      while (lines.next()) {
        if (lines.blank()) {
          continue;
        }
        read++;
        InternalRow row = row();
        if (row != null) {
          return row;
        }
        notDrawn++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read %s after line %d: %s".formatted(split.path(), lines.count(), e.getMessage()),
          e);
    }
    tallied = true;
    return ScreenedTable.tally(read, notDrawn, place());
  }

  /** The row of this line, or null if the post was not drawn. */
  private InternalRow row() {
    draft.clear();
    try {
      if (lines.tooLong()) {
        throw new MalformedPostException("Cannot read post: the line is too long");
      }
      byte[] buffer = lines.buffer();
      if (!json.read(buffer, lines.start(), lines.length(), draft, drawn::contains)) {
        return null;
      }
      Post post = draft.post();
      Optional<Reject> reject = filter.reject(post);
      return reject.isPresent()
          ? ScreenedTable.reject(post.id(), reject.get(), place())
          : ScreenedTable.post(post, place());
    } catch (MalformedPostException e) {
      Long id = draft.hasId() ? draft.id : null;
      return ScreenedTable.reject(id, new Reject(Reason.MALFORMED, e.getMessage()), place());
    }
  }

  private ScreenedTable.Place place() {
    return new ScreenedTable.Place(origin, split.start(), lines.count());
  }
}
