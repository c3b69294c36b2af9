package io.kohaku.post.screen;

import io.kohaku.ownership.Closer;
import io.kohaku.post.MalformedPostException;
import io.kohaku.post.Post;
import io.kohaku.post.PostDraft;
import io.kohaku.post.Reason;
import io.kohaku.post.Reject;
import io.kohaku.settings.posts.PostSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.util.TaskCompletionListener;

/** The rows of {@link ScreenedTable} for one split; the counts come last. */
public final class Screening implements Iterator<InternalRow> {
  private final RawPosts posts;
  private final DrawnIds drawn;
  private final PostFilter filter;
  private final PostDraft draft = new PostDraft();
  private long read;
  private long notDrawn;
  private boolean counted;
  private InternalRow upcoming;

  private Screening(RawPosts posts, DrawnIds drawn, PostSettings settings) {
    this.posts = posts;
    this.drawn = drawn;
    this.filter = new PostFilter(settings.filter());
  }

  /** Screens posts, which are closed when the task ends. */
  public static Iterator<InternalRow> of(RawPosts posts, DrawnIds drawn, PostSettings settings) {
    TaskCompletionListener close = ended -> Closer.close(List.of(posts));
    TaskContext.get().addTaskCompletionListener(close);
    return new Screening(posts, drawn, settings);
  }

  @Override
  public boolean hasNext() {
    if (upcoming == null && !counted) {
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

  private InternalRow advance() {
    try {
      while (posts.next()) {
        read++;
        draft.clear();
        InternalRow row = row();
        if (row != null) {
          return row;
        }
        notDrawn++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    counted = true;
    return ScreenedTable.counts(read, notDrawn, posts.place());
  }

  /** The row of this post, or null if it was not drawn. */
  private InternalRow row() throws IOException {
    try {
      if (!posts.read(draft, drawn::contains)) {
        return null;
      }
      Post post = draft.post();
      Optional<Reject> reject = filter.reject(post);
      return reject.isPresent()
          ? ScreenedTable.reject(post.id(), reject.get(), posts.place())
          : ScreenedTable.post(post, posts.place());
    } catch (MalformedPostException e) {
      Long id = draft.hasId() ? draft.id : null;
      return ScreenedTable.reject(id, new Reject(Reason.MALFORMED, e.getMessage()), posts.place());
    }
  }
}
