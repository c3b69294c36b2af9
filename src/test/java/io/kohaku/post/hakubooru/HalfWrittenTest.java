package io.kohaku.post.hakubooru;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HalfWrittenTest {
  @TempDir private Path folder;

  @Test
  void aDatabaseWhoseJournalStillCountsIsRefused() throws IOException, SQLException {
    Path file = folder.resolve("posts.db");
    Path copy = folder.resolve("copy.db");
    Path journal = folder.resolve("copy.db-journal");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("create table post (id integer primary key, text blob)");
      statement.executeUpdate("insert into post values (1, zeroblob(100000))");
      // As a machine leaves it that stops amid a transaction too large for the cache.
      statement.executeUpdate("pragma cache_size = 2");
      statement.executeUpdate("begin");
      statement.executeUpdate("update post set text = zeroblob(90000)");
      Files.copy(file, copy);
      Files.copy(folder.resolve("posts.db-journal"), journal);
      statement.executeUpdate("commit");
    }
    assertThat(Files.size(journal)).isPositive();
    assertThatThrownBy(() -> new SqliteDatabase(copy.toString()).requireWhole())
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(
            "Cannot read SQLite database %s: it is half written, as %s says"
                .formatted(copy, journal));
    Files.write(journal, new byte[512]);
    new SqliteDatabase(copy.toString()).requireWhole();
    new SqliteDatabase(file.toString()).requireWhole();
  }
}
