package io.kohaku.provenance;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.digest.Sha256;
import io.kohaku.files.HadoopRename;
import io.kohaku.files.NamedPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Digests of large files, so that each is read once: a file whose path, size and time of change are
 * those of the last time has the digest that it had then.
 *
 * @param memory the file that remembers; a lost or damaged one costs reading anew
 * @param hadoop how to reach file systems
 */
public record KnownFiles(Path memory, Configuration hadoop) {
  private static final Logger LOG = LoggerFactory.getLogger(KnownFiles.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A file that changed so short ago might change again within one tick of its clock. */
  private static final long SETTLED_MILLIS = 2_000;

  /** A file as it was when it was read. */
  record Known(long bytes, long time, String sha256) {
    boolean is(FileStatus status) {
      return bytes == status.getLen() && time == status.getModificationTime();
    }
  }

  /**
   * Digest of a file, or of the files of a folder with their relative paths. Where they lie and
   * when they were written plays no part.
   *
   * @param names of the files that count; all if there are none
   */
  public String digest(Path path, Set<String> names) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    FileListing listing = FileListing.under(files, path);
    SortedMap<String, Known> known = read();
    boolean learned = false;
    List<String> texts = new ArrayList<>();
    for (FileStatus status : listing.files()) {
      if (!names.isEmpty() && !names.contains(status.getPath().getName())) {
        continue;
      }
      String place = status.getPath().toString();
      Known file = known.get(place);
      if (file == null || !file.is(status)) {
        LOG.info("Reading {} ({} bytes) for its digest", place, status.getLen());
        file = of(files, status);
        if (System.currentTimeMillis() - status.getModificationTime() > SETTLED_MILLIS) {
          known.put(place, file);
          learned = true;
        }
      }
      texts.add(listing.relative(status) + " " + file.sha256());
    }
    if (learned) {
      HadoopRename.write(memory, JSON.writeValueAsBytes(known), hadoop);
    }
    return Sha256.ofAll(texts);
  }

  private static Known of(FileSystem files, FileStatus status) throws IOException {
    try (InputStream in = NamedPath.reading(files).open(status.getPath())) {
      return new Known(status.getLen(), status.getModificationTime(), Sha256.of(in));
    }
  }

  private SortedMap<String, Known> read() throws IOException {
    try (InputStream in = memory.getFileSystem(hadoop).open(memory)) {
      TreeMap<String, Known> known = JSON.readValue(in, new TypeReference<>() {});
      return known == null ? new TreeMap<>() : known;
    } catch (FileNotFoundException e) {
      return new TreeMap<>();
    } catch (JacksonException | ChecksumException e) {
      LOG.warn("Cannot read {}: {}; files are read for their digests anew", memory, e.getMessage());
      return new TreeMap<>();
    }
  }
}
