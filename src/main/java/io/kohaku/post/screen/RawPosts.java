package io.kohaku.post.screen;

import io.kohaku.post.MalformedPostException;
import io.kohaku.post.PostDraft;
import io.kohaku.post.screen.ScreenedTable.Place;
import java.io.Closeable;
import java.io.IOException;
import java.util.function.LongPredicate;

/** The posts of one split of a source, as that source writes them. */
public interface RawPosts extends Closeable {
  /**
   * Moves to the next post.
   *
   * @return false if there is none
   * @throws IOException naming file and place, if the source itself cannot be read on
   */
  boolean next() throws IOException;

  /**
   * Fills the draft, which is clear.
   *
   * @param drawn tells of an id whether the post is wanted
   * @return false if it is not; then the draft need not be filled
   * @throws MalformedPostException if this is not a post
   */
  boolean read(PostDraft draft, LongPredicate drawn) throws IOException;

  /** Where the post stands; after the last one, how many lines there were. */
  Place place();
}
