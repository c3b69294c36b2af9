package io.kohaku.post.hakubooru;

import io.kohaku.input.UnusableFileException;
import io.kohaku.post.screen.IdSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/**
 * HakuBooru's SQLite database, opened for reading only.
 *
 * <p>A file without a write-ahead log is opened as immutable, so that a read-only folder will do.
 *
 * @param path a file that every executor sees under this name
 */
public record SqliteDatabase(String path) implements Serializable {
  /** What SQLite says of a damaged file, and of one that is none of its own. */
  private static final Set<Integer> AT_FAULT =
      Set.of(
          SQLiteErrorCode.SQLITE_CORRUPT.code,
          SQLiteErrorCode.SQLITE_NOTADB.code,
          SQLiteErrorCode.SQLITE_FORMAT.code);

  /** What a journal that counts begins with; one that is done is emptied, cleared or removed. */
  private static final byte[] JOURNAL = HexFormat.of().parseHex("d9d505f920a163d7");

  /** The bits of an error's code that are not its details. */
  private static final int PRIMARY = 0xff;

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

  /**
   * Fails where a program is writing, or was stopped while it did: what of it stands in the file is
   * to be taken back by the journal beside it.
   */
  void requireWhole() throws IOException {
    Path journal = Path.of(path + "-journal");
    if (!Files.isRegularFile(journal)) {
      return;
    }
    try (InputStream in = Files.newInputStream(journal)) {
      if (Arrays.equals(in.readNBytes(JOURNAL.length), JOURNAL)) {
        throw new UnusableFileException(
            "Cannot read SQLite database %s: it is half written, as %s says (let the program finish, or open it once by sqlite3, which takes the half back)"
                .formatted(path, journal));
      }
    }
  }

  /**
   * The columns of a table or view.
   *
   * @throws UnusableFileException {@code Missing table} with those that are there
   */
  List<String> columns(String table) throws IOException {
    List<String> columns = names("select name from pragma_table_info('" + table + "')");
    if (columns.isEmpty()) {
      List<String> tables =
          names("select name from sqlite_master where type in ('table', 'view') order by name");
      throw new UnusableFileException(
          "Missing table: %s in SQLite database %s (it has %s)"
              .formatted(table, path, tables.isEmpty() ? "none" : String.join(", ", tables)));
    }
    return columns;
  }

  private List<String> names(String sql) throws IOException {
    return query(
        sql,
        rows -> {
          List<String> names = new ArrayList<>();
          while (rows.next()) {
            names.add(rows.getString(1));
          }
          return names;
        });
  }

  /** Whether the rows of a table have numbers of their own; those of views have none. */
  boolean numbersRows(String table) {
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select _rowid_ from " + table + " limit 1")) {
      return !rows.next() || rows.getObject(1) != null;
    } catch (SQLException e) {
      return false;
    }
  }

  /** The least and the greatest row of the table post, or none if there is no row. */
  long[] rowRange() throws IOException {
    return query(
        "select min(_rowid_), max(_rowid_) from post",
        rows -> {
          rows.next();
          long least = rows.getLong(1);
          return rows.wasNull() ? new long[0] : new long[] {least, rows.getLong(2)};
        });
  }

  /** The last of so many rows of the table post from one on, or none if there are fewer. */
  OptionalLong lastOf(long first, long count) throws IOException {
    return query(
        "select _rowid_ from post where _rowid_ >= %s order by _rowid_ limit 1 offset %s"
            .formatted(first, count - 1),
        rows -> rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty());
  }

  TagNames tagNames() throws IOException {
    // A column of texts would be in the order of letters.
    return query(
        "select id, name, type from tag order by " + ascending("tag", "tag", "id"),
        rows -> {
          TagNames.Builder names = new TagNames.Builder();
          while (rows.next()) {
            names.add(rows.getObject(1), rows.getObject(2), rows.getObject(3));
          }
          return names.build();
        });
  }

  /** What a column of whole numbers is sorted by, in whatever type it is kept. */
  String ascending(String table, String alias, String column) throws IOException {
    boolean whole =
        query(
            "select 1 from pragma_table_info('%s') where name = '%s' and type like '%%int%%'"
                .formatted(table, column),
            ResultSet::next);
    String named = alias + "." + column;
    return whole ? named : "cast(" + named + " as numeric)";
  }

  /** The ids of posts that a query selects; those that are none are told when posts are read. */
  IdSet ids(String where) throws IOException {
    return query(
        "select id from post" + where,
        rows -> {
          IdSet ids = new IdSet();
          while (rows.next()) {
            OptionalLong id = DatabaseValues.id(rows.getObject(1));
            id.ifPresent(ids::add);
          }
          return ids;
        });
  }

  /** What to throw: an {@link UnusableFileException} at once if the file itself is at fault. */
  IOException failure(SQLException cause) {
    String message = "Cannot read SQLite database " + path + ": " + cause.getMessage();
    if (AT_FAULT.contains(cause.getErrorCode() & PRIMARY)) {
      throw new UnusableFileException(message, cause);
    }
    return new IOException(message, cause);
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
