package io.kohaku.train.data;

import io.kohaku.image.Bucket;
import io.kohaku.latent.LatentPlace;
import io.kohaku.ownership.Closer;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The prepared images of one bucket, read at random; nothing is kept of a row.
 *
 * @param bucket which
 * @param size number of rows
 * @param rows an entry for each row
 * @param words of the captions
 * @param latentFiles the store's files by number
 */
record PreparedBucket(
    Bucket bucket,
    int size,
    FSDataInputStream rows,
    FSDataInputStream words,
    List<String> latentFiles)
    implements Closeable {

  /** The bucket that a file of rows belongs to. */
  static Bucket bucket(Path rows) {
    return Bucket.parse(name(rows));
  }

  private static String name(Path rows) {
    String name = rows.getName();
    return name.substring(0, name.length() - PreparedWriter.ROWS.length());
  }

  /** Opens what {@link PreparedWriter} wrote. */
  static PreparedBucket open(FileSystem files, FileStatus listed) throws IOException {
    Path rows = listed.getPath();
    Path words = new Path(rows.getParent(), name(rows) + PreparedWriter.WORDS);
    List<String> latentFiles = latentFiles(files, rows);
    Bucket bucket = bucket(rows);
    int size = Math.toIntExact(listed.getLen() / PreparedEntry.BYTES);
    try (Closer opening = new Closer()) {
      FSDataInputStream entries = opening.add(files.open(rows));
      FSDataInputStream captions = opening.add(files.open(words));
      opening.release();
      return new PreparedBucket(bucket, size, entries, captions, latentFiles);
    }
  }

  private static List<String> latentFiles(FileSystem files, Path rows) throws IOException {
    Path list = new Path(rows.getParent(), name(rows) + PreparedWriter.FILES);
    List<String> lines = files.exists(list) ? lines(files, list) : List.of("");
    if (!lines.get(0).equals(PreparedEntry.LAYOUT)) {
      throw new IOException(
          "Cannot read prepared images %s: another version wrote them (run the job prepare again)"
              .formatted(rows));
    }
    return lines.subList(1, lines.size());
  }

  private static List<String> lines(FileSystem files, Path list) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(files.open(list), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }

  PreparedRow read(int row) throws IOException {
    byte[] bytes = new byte[PreparedEntry.BYTES];
    rows.readFully((long) row * bytes.length, bytes);
    PreparedEntry entry = PreparedEntry.parse(bytes);
    byte[] caption = new byte[entry.words().length()];
    words.readFully(entry.words().position(), caption);
    PreparedEntry.Latent latent = entry.latent();
    LatentPlace place =
        new LatentPlace(
            latentFiles.get(latent.file()),
            latent.position(),
            entry.format().size(bucket),
            latent.checksum());
    return PreparedRow.parse(entry, place, caption);
  }

  @Override
  public void close() {
    Closer.close(List.of(rows, words));
  }
}
