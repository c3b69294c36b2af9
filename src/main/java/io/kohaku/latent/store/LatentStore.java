package io.kohaku.latent.store;

import io.kohaku.files.HadoopRename;
import io.kohaku.files.PathPattern;
import io.kohaku.image.Bucket;
import io.kohaku.input.DamagedFileException;
import io.kohaku.latent.LatentPlace;
import io.kohaku.latent.StoredLatent;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of latent files: {@code bucket=<width>x<height>/<chunk>.parquet}.
 *
 * <p>A file appears under its name when it is whole, and is never changed after that.
 */
public final class LatentStore {
  private static final Logger LOG = LoggerFactory.getLogger(LatentStore.class);
  private static final String FOLDER = "bucket=";
  private static final String UNFINISHED = "_unfinished";

  private final Configuration hadoop;
  private final Path root;
  private final FileSystem files;
  private final Set<String> slow = ConcurrentHashMap.newKeySet();

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

  /**
   * The bytes of one latent, checked against their sum: read where they lie, else sought in the
   * file.
   */
  public byte[] bytes(long id, LatentPlace place) throws IOException {
    Path file = new Path(root, place.file());
    Optional<byte[]> bytes = Optional.empty();
    try {
      if (place.isDirect()) {
        bytes = direct(file, place);
      }
      if (bytes.isEmpty()) {
        bytes = sought(id, file, place);
      }
    } catch (FileNotFoundException e) {
      throw new DamagedFileException(
          "Cannot read the latent of post %s: %s is missing (run encode, which makes it again)"
              .formatted(id, file),
          e);
    } catch (ChecksumException e) {
      throw LatentFile.unreadable(file, e);
    } catch (DamagedFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "Cannot read the latent of post %s: %s: %s".formatted(id, file, e.getMessage()), e);
    }
    return bytes.orElseThrow(
        () ->
            new DamagedFileException(
                "Cannot read the latent of post %s: %s is damaged%s (remove it and encode again)"
                    .formatted(id, file, place.isDirect() ? " at byte " + place.position() : "")));
  }

  /** Those bytes and no others, unless they are another's. */
  private Optional<byte[]> direct(Path file, LatentPlace place) throws IOException {
    byte[] bytes = new byte[place.size()];
    try (FSDataInputStream in = files.open(file)) {
      in.readFully(place.position(), bytes);
    } catch (EOFException e) {
      return Optional.empty();
    }
    return Optional.of(bytes).filter(read -> LatentFileWriter.checksum(read) == place.checksum());
  }

  /** Also for tables of earlier versions, which took every file's pages for plain ones. */
  private Optional<byte[]> sought(long id, Path file, LatentPlace place) throws IOException {
    Optional<byte[]> bytes =
        SoughtLatent.of(hadoop, file, id)
            .filter(read -> LatentFileWriter.checksum(read) == place.checksum());
    if (bytes.isPresent() && slow.add(place.file())) {
      LOG.warn(
          "{} does not hold its latents as they are: each is sought by its post and decoded, which is slower (remove it and encode again)",
          file);
    }
    return bytes;
  }

  /**
   * Reads the footer of a file and one of its row groups.
   *
   * @throws IOException naming the file if it is not there, cannot be read or is damaged
   */
  public void check(String file) throws IOException {
    LatentFile.check(hadoop, new Path(root, file));
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
