package io.kohaku.post.select;

import io.kohaku.input.UnusableFileException;
import io.kohaku.post.Reason;
import io.kohaku.post.RejectTable;
import io.kohaku.settings.posts.PostSettings;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A source without one post is taken for a mistake, unless the settings say that it may be so. */
public final class EmptySource {
  /** The reason that makes a row no post. */
  public static final String MALFORMED = Reason.MALFORMED.key();

  private EmptySource() {}

  /**
   * Fails if nothing that was read is a post.
   *
   * @param example of a malformed one, to follow the number of them
   */
  public static void check(
      PostSettings settings, long read, long malformed, Supplier<String> example) {
    if (!settings.allowEmpty() && read == malformed) {
      String found = read == 0 ? "nothing in it" : malformed + " malformed" + example.get();
      throw new UnusableFileException(
          "Missing posts: %s gives none (%s; posts.allow-empty = true lets it)"
              .formatted(settings.path(), found));
    }
  }

  /** One reject, for people. */
  public static String example(Dataset<Row> rejects) {
    List<Row> some = RejectTable.require(rejects).limit(1).collectAsList();
    return some.isEmpty()
        ? ""
        : ", such as " + some.get(0).getString(1) + ": " + some.get(0).getString(3);
  }
}
