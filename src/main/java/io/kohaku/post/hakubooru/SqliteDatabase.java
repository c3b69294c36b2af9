package io.kohaku.post.hakubooru;

import io.kohaku.post.screen.IdSet;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/**
 * HakuBooru's SQLite database, opened for reading only.
 *
 * <p>A file without a write-ahead log is opened as immutable, so that a read-only folder will do.
 *
 * @param path a file that every executor sees under this name
 */
public record SqliteDatabase(String path) implements Serializable {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** Whether the first bytes of a file are those of a SQLite database. */
  public static boolean startsLikeOne(byte[] head) {
    return head.length >= MAGIC.length
        && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  Connection open() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setOpenMode(SQLiteOpenMode.OPEN_URI);
    config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, Long.toString(1L << 40));
    config.setPragma(SQLiteConfig.Pragma.CACHE_SIZE, "-65536");
    SQLiteDataSource source = new SQLiteDataSource(config);
    Path file = Path.of(path);
    boolean logged = Files.exists(Path.of(path + "-wal"));
    source.setUrl(
        "jdbc:sqlite:file:"
            + file.toUri().getRawPath()
            + "?mode=ro"
            + (logged ? "" : "&immutable=1"));
    return source.getConnection();
  }

  /** The columns of a table; none if there is no such table. */
  List<String> columns(String table) throws IOException {
    return query(
        "pragma table_info(" + table + ")",
        rows -> {
          List<String> names = new ArrayList<>();
          while (rows.next()) {
            names.add(rows.getString("name"));
          }
          return names;
        });
  }

  /** The least and the greatest id, or none if there is no post. */
  long[] idRange() throws IOException {
    return query(
        "select min(id), max(id) from post",
        rows -> {
          rows.next();
          long least = rows.getLong(1);
          return rows.wasNull() ? new long[0] : new long[] {least, rows.getLong(2)};
        });
  }

  TagNames tagNames() throws IOException {
    return query(
        "select id, name, type from tag order by id",
        rows -> {
          TagNames.Builder names = new TagNames.Builder();
          while (rows.next()) {
            names.add(rows.getLong(1), rows.getBytes(2), rows.getInt(3));
          }
          return names.build();
        });
  }

  /** The ids of posts in a range, both ends included. */
  IdSet ids(long first, long last) throws IOException {
    return query(
        "select id from post where id between " + first + " and " + last,
        rows -> {
          IdSet ids = new IdSet();
          while (rows.next()) {
            ids.add(rows.getLong(1));
          }
          return ids;
        });
  }

  IOException failure(SQLException cause) {
    return new IOException(
        "Cannot read SQLite database " + path + ": " + cause.getMessage(), cause);
  }

  private <T> T query(String sql, Reading<T> reading) throws IOException {
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return reading.of(rows);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private interface Reading<T> {
    T of(ResultSet rows) throws SQLException;
  }
}
