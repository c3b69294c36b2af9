package io.kohaku.train.data;

import io.kohaku.ownership.Closer;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes one bucket of the prepared training set: {@code <bucket>.words} and {@code <bucket>.rows},
 * an entry of fixed size for each row.
 *
 * <p>Both get their names only when they are whole, the rows last.
 */
final class PreparedWriter implements Closeable {
  static final String WORDS = ".words";
  static final String ROWS = ".rows";

  private final FileSystem files;
  private final Path words;
  private final Path rows;
  private final Path unfinishedWords;
  private final Path unfinishedRows;
  private final FSDataOutputStream wordsOut;
  private final FSDataOutputStream rowsOut;

  PreparedWriter(Configuration hadoop, Path folder, String bucket) throws IOException {
    this.files = folder.getFileSystem(hadoop);
    this.words = new Path(folder, bucket + WORDS);
    this.rows = new Path(folder, bucket + ROWS);
    String suffix = "." + UUID.randomUUID();
    this.unfinishedWords = new Path(folder, "_" + bucket + WORDS + suffix);
    this.unfinishedRows = new Path(folder, "_" + bucket + ROWS + suffix);
    try (Closer opening = new Closer()) {
      this.wordsOut = opening.add(files.create(unfinishedWords));
      this.rowsOut = opening.add(files.create(unfinishedRows));
      opening.release();
    }
  }

  void write(PreparedRow row) throws IOException {
    byte[] bytes = row.words();
    PreparedRow.Entry entry =
        new PreparedRow.Entry(row.latentRow(), bytes.length, wordsOut.getPos());
    rowsOut.write(entry.bytes());
    wordsOut.write(bytes);
  }

  /** Gives both files their names. */
  void finish() throws IOException {
    close();
    rename(unfinishedWords, words);
    rename(unfinishedRows, rows);
  }

  private void rename(Path from, Path to) throws IOException {
    files.delete(to, false);
    if (!files.rename(from, to)) {
      throw new IOException("Cannot rename " + from + " to " + to);
    }
  }

  @Override
  public void close() {
    Closer.close(List.of(rowsOut, wordsOut));
  }
}
