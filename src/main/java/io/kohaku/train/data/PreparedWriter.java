package io.kohaku.train.data;

import io.kohaku.files.HadoopRename;
import io.kohaku.ownership.Closer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes one bucket of the prepared training set: {@code <bucket>.words}, {@code <bucket>.rows}, an
 * entry of fixed size for each row, and {@code <bucket>.files}, the layout of an entry and then the
 * store's files by number.
 *
 * <p>They get their names only when they are whole, the rows last.
 */
final class PreparedWriter implements Closeable {
  static final String WORDS = ".words";
  static final String FILES = ".files";
  static final String ROWS = ".rows";

  private final FileSystem files;
  private final Path folder;
  private final String bucket;
  private final String attempt = UUID.randomUUID().toString();
  private final FSDataOutputStream words;
  private final FSDataOutputStream rows;
  private final Closer opened;
  private final Map<String, Integer> latentFiles = new LinkedHashMap<>();

  PreparedWriter(Configuration hadoop, Path folder, String bucket) throws IOException {
    this.files = folder.getFileSystem(hadoop);
    this.folder = folder;
    this.bucket = bucket;
    try (Closer opening = new Closer()) {
      for (String kind : List.of(WORDS, FILES, ROWS)) {
        opening.add(() -> files.delete(unfinished(kind), false));
      }
      this.words = opening.add(files.create(unfinished(WORDS)));
      this.rows = opening.add(files.create(unfinished(ROWS)));
      this.opened = opening.release();
    }
  }

  void write(PreparedRow row) throws IOException {
    byte[] bytes = row.words();
    int file = latentFiles.computeIfAbsent(row.latent().file(), name -> latentFiles.size());
    PreparedEntry entry =
        new PreparedEntry(
            row.id(),
            new PreparedEntry.Words(words.getPos(), bytes.length),
            new PreparedEntry.Latent(file, row.latent().position(), row.latent().checksum()),
            row.format(),
            row.sizes());
    rows.write(entry.bytes());
    words.write(bytes);
  }

  /** Gives the files their names. */
  void finish() throws IOException {
    Closer.close(List.of(words, rows));
    try (FSDataOutputStream out = files.create(unfinished(FILES))) {
      String text = PreparedEntry.LAYOUT + "\n" + String.join("\n", latentFiles.keySet()) + "\n";
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    for (String kind : List.of(WORDS, FILES, ROWS)) {
      HadoopRename.replace(files, unfinished(kind), new Path(folder, bucket + kind));
    }
    opened.release();
  }

  private Path unfinished(String kind) {
    return new Path(folder, "_" + bucket + kind + "." + attempt);
  }

  /** Removes what was not finished. */
  @Override
  public void close() {
    opened.close();
  }
}
