package io.kohaku.latent.store;

import io.kohaku.files.HadoopRename;
import io.kohaku.files.PathPattern;
import io.kohaku.image.Bucket;
import io.kohaku.latent.LatentPlace;
import io.kohaku.latent.StoredLatent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder of latent files: {@code bucket=<width>x<height>/<chunk>.parquet}.
 *
 * <p>A file appears under its name when it is whole, and is never changed after that.
 */
public final class LatentStore {
  private static final String FOLDER = "bucket=";
  private static final String UNFINISHED = "_unfinished";

  private final Configuration hadoop;
  private final Path root;
  private final FileSystem files;

  public LatentStore(Configuration hadoop, String root) throws IOException {
    this.hadoop = hadoop;
    this.root = new Path(root);
    this.files = this.root.getFileSystem(hadoop);
  }

  /** All finished files, relative to the store's folder. */
  public List<String> files() throws IOException {
    return matching("*.parquet");
  }

  /** The finished files of one chunk: usually one, more if images were of another bucket. */
  List<String> files(String chunk) throws IOException {
    return matching(chunk + ".parquet");
  }

  private List<String> matching(String name) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus file : PathPattern.below(files, root, List.of(FOLDER + "*", name))) {
      names.add(file.getPath().getParent().getName() + "/" + file.getPath().getName());
    }
    return names;
  }

  /** What a finished file holds. */
  public List<StoredLatent> list(String file) throws IOException {
    return LatentFile.list(hadoop, root, file);
  }

  /** The bytes of one latent and no others, checked against their sum. */
  public byte[] bytes(long id, LatentPlace place) throws IOException {
    byte[] bytes = new byte[place.size()];
    Path file = new Path(root, place.file());
    try (FSDataInputStream in = files.open(file)) {
      in.readFully(place.position(), bytes);
    } catch (IOException e) {
      throw new IOException(
          "Cannot read the latent of post %s: %s: %s".formatted(id, file, e.getMessage()), e);
    }
    if (LatentFileWriter.checksum(bytes) != place.checksum()) {
      throw new IOException(
          "Cannot read the latent of post %s: %s is damaged at byte %s (remove it and encode again)"
              .formatted(id, file, place.position()));
    }
    return bytes;
  }

  /** The name of a chunk's file of one bucket. */
  static String file(Bucket bucket, String chunk) {
    return FOLDER + bucket.name() + "/" + chunk + ".parquet";
  }

  /** A folder for the unfinished files of one attempt at a chunk. */
  Path unfinished(String attempt) {
    return new Path(new Path(root, UNFINISHED), attempt);
  }

  /** A new file in an attempt's folder. */
  LatentFileWriter create(Path attempt, String file) throws IOException {
    return new LatentFileWriter(hadoop, new Path(attempt, file));
  }

  /** Gives a whole file its name, unless another attempt was first. */
  void finish(Path attempt, String file) throws IOException {
    Path to = new Path(root, file);
    files.mkdirs(to.getParent());
    HadoopRename.keepFirst(files, new Path(attempt, file), to);
  }

  /** Removes an attempt's folder with all that is unfinished in it. */
  void discard(Path attempt) throws IOException {
    files.delete(attempt, true);
  }

  /** Removes what killed attempts left behind before {@code time}, in milliseconds since 1970. */
  public void discardUnfinishedBefore(long time) throws IOException {
    Path folder = new Path(root, UNFINISHED);
    if (files.exists(folder)) {
      for (FileStatus attempt : files.listStatus(folder)) {
        if (attempt.getModificationTime() < time) {
          files.delete(attempt.getPath(), true);
        }
      }
    }
  }
}
