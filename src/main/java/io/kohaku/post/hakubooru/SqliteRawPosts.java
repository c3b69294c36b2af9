package io.kohaku.post.hakubooru;

import io.kohaku.ownership.Closer;
import io.kohaku.post.MalformedPostException;
import io.kohaku.post.PostDraft;
import io.kohaku.post.screen.RawPosts;
import io.kohaku.post.screen.ScreenedTable.Place;
import io.kohaku.settings.posts.RatingLetters;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.apache.spark.unsafe.types.UTF8String;
import org.sqlite.Function;

/**
 * The posts of a range of rows of a SQLite database.
 *
 * <p>One statement gives one row a post, the ids of its tags in stored order gathered by SQLite
 * itself; SQLite asks back whether a post is drawn before it looks for its tags.
 */
final class SqliteRawPosts implements RawPosts {
  private static final String DRAWN = "is_drawn";
  private static final long LARGE = Long.MAX_VALUE / 10 - 1;

  private final SqliteDatabase database;
  private final TagNames tagNames;
  private final HakuBooruPost fields;
  private final Object[] values;
  private final UTF8String origin;
  private final long first;
  private final Connection connection;
  private final ResultSet rows;
  private final List<Long> tagIds = new ArrayList<>();
  private long before = -1;

  SqliteRawPosts(Range range, TagNames tagNames, RatingLetters letters, LongPredicate drawn)
      throws IOException {
    this.database = range.database;
    this.tagNames = tagNames;
    this.fields = new HakuBooruPost(range.columns, letters);
    this.values = new Object[range.columns.size()];
    this.origin = UTF8String.fromString(database.path() + " table post");
    this.first = range.first;
    try (Closer opening = new Closer()) {
      this.connection = opening.add(database.open());
      Function.create(connection, DRAWN, new Question(drawn));
      this.rows = connection.createStatement().executeQuery(range.sql());
      opening.release();
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  /**
   * A range of rows; of HakuBooru's own table a row's number is its id.
   *
   * @param rows the condition that holds for them, or nothing for all
   * @param first lowest row
   * @param columns columns of the table post
   * @param tagOrder what sorts the tags of a post
   */
  record Range(
      SqliteDatabase database, String rows, long first, List<String> columns, String tagOrder)
      implements Serializable {
    private String sql() {
      return "select "
          + columns.stream().map(name -> "p." + name).collect(Collectors.joining(", "))
          + ", case when "
          + DRAWN
          + "(p.id) then (select group_concat(ifnull(r.tag_id, 'null'), ' ' order by "
          + tagOrder
          + ") from posttagrelation r where r.post_id = p.id) end from post p"
          + rows;
    }
  }

  /** Lets SQLite ask whether an id is drawn. */
  private static final class Question extends Function {
    private final LongPredicate drawn;

    Question(LongPredicate drawn) {
      this.drawn = drawn;
    }

    @Override
    protected void xFunc() throws SQLException {
      result(drawn.test(value_long(0)) ? 1 : 0);
    }
  }

  @Override
  public boolean next() throws IOException {
    try {
      boolean found = rows.next();
      before = found ? before + 1 : 0;
      return found;
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  @Override
  public boolean read(PostDraft draft, LongPredicate drawn) throws IOException {
    try {
      OptionalLong id = DatabaseValues.id(rows.getObject(1));
      if (id.isPresent() && !drawn.test(id.getAsLong())) {
        return false;
      }
      for (int i = 0; i < values.length; i++) {
        values[i] = rows.getObject(i + 1);
      }
      fields.fill(values, draft);
      draft.requireId();
      parse(rows.getBytes(values.length + 1));
      tagNames.fill(tagIds, draft);
      return true;
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  /** Each row is a split of its own, so that of two with the same id one stands first. */
  @Override
  public Place place() {
    return new Place(origin, first + before, null);
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  /** Whole numbers with spaces between; null for none. */
  private void parse(byte[] digits) {
    tagIds.clear();
    if (digits == null) {
      return;
    }
    long number = 0;
    for (byte digit : digits) {
      if (digit == ' ') {
        tagIds.add(number);
        number = 0;
      } else if (digit < '0' || digit > '9' || number > LARGE) {
        parseSlowly(new String(digits, StandardCharsets.UTF_8));
        return;
      } else {
        number = 10 * number + digit - '0';
      }
    }
    tagIds.add(number);
  }

  /** The same of columns that keep their numbers as fractions or texts. */
  private void parseSlowly(String numbers) {
    tagIds.clear();
    for (String number : numbers.split(" ")) {
      tagIds.add(
          DatabaseValues.id(number)
              .orElseThrow(() -> new MalformedPostException("Unknown tag id: " + number)));
    }
  }
}
