package io.kohaku.train.data;

import io.kohaku.files.HadoopRename;
import java.io.Closeable;
import java.io.IOException;
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
    this.wordsOut = files.create(unfinishedWords);
    this.rowsOut = files.create(unfinishedRows);
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
    HadoopRename.replace(files, from, to);
  }

  @Override
  public void close() throws IOException {
    wordsOut.close();
    rowsOut.close();
  }
}
