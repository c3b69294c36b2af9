package io.kohaku.provenance;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The lock file of a folder and the files around it: who holds the lock, a sign of life that the
 * holder writes again and again, and the claim of one who removes a dead holder's lock.
 *
 * <p>The lock itself is written once: a holder that slept too long cannot write over another's.
 */
final class LockFile {
  private static final String NAME = "_lock.json";
  private static final String ALIVE = "_lock.alive.";
  private static final String CLAIM = "_lock.claim.";
  private static final String CLOCK = "_lock.clock.";
  private static final byte[] MARK = {'\n'};

  private final FileSystem files;
  private final Path folder;
  private final Path lock;

  private LockFile(FileSystem files, Path folder) {
    this.files = files;
    this.folder = folder;
    this.lock = new Path(folder, NAME);
  }

  /** The lock of this folder, which is made if it is not there. */
  static LockFile in(Path folder, Configuration hadoop) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    // A checksum is a second file, which would not change in one step with the first.
    FileSystem plain = files instanceof ChecksumFileSystem sums ? sums.getRawFileSystem() : files;
    Path place = plain.makeQualified(folder);
    if (!plain.mkdirs(place)) {
      throw new IOException("Cannot create folder " + place);
    }
    return new LockFile(plain, place);
  }

  Path folder() {
    return folder;
  }

  Path path() {
    return lock;
  }

  /** Writes the lock unless there is one. */
  boolean create(LockHolder holder) throws IOException {
    return createAlone(lock, holder.toJson());
  }

  /** The lock, if there is one. Its time is read last: a file that came between looks younger. */
  Optional<FoundLock> find() throws IOException {
    try (InputStream in = files.open(lock)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Optional.of(new FoundLock(LockHolder.fromJson(text), modified(lock)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  boolean isHeldBy(UUID token) throws IOException {
    return find().filter(found -> found.isOf(token)).isPresent();
  }

  void remove() throws IOException {
    files.delete(lock, false);
  }

  /** Gives a sign of life. */
  void beat(UUID token) throws IOException {
    try (OutputStream out = open(beats(token), true)) {
      out.write(MARK);
    }
  }

  void removeBeats(UUID token) throws IOException {
    files.delete(beats(token), false);
  }

  private Path beats(UUID token) {
    return new Path(folder, ALIVE + token);
  }

  /** How long ago the holder last gave a sign of life; any counts if none can be told from it. */
  Duration silence(FoundLock found) throws IOException {
    String sign = ALIVE + found.holder().map(holder -> holder.token().toString()).orElse("");
    long newest = found.written();
    for (FileStatus status : files.listStatus(folder)) {
      if (status.getPath().getName().startsWith(sign)) {
        newest = Math.max(newest, status.getModificationTime());
      }
    }
    return Duration.ofMillis(now() - newest);
  }

  /** Asks to be the one who removes this lock; a claim older than the limit is given up. */
  boolean claim(FoundLock found, Duration limit) throws IOException {
    Path claim = claimed(found);
    if (createAlone(claim, MARK)) {
      return true;
    }
    try {
      if (now() - modified(claim) > limit.toMillis()) {
        files.delete(claim, false);
      }
    } catch (FileNotFoundException e) {
      return false; // It was given back meanwhile.
    }
    return false;
  }

  void giveBackClaim(FoundLock found) throws IOException {
    files.delete(claimed(found), false);
  }

  private Path claimed(FoundLock found) {
    return new Path(folder, CLAIM + found.id());
  }

  /** The time of the file system, which is that of no machine that asks. */
  private long now() throws IOException {
    Path scratch = new Path(folder, CLOCK + UUID.randomUUID());
    try {
      createAlone(scratch, MARK);
      return modified(scratch);
    } finally {
      files.delete(scratch, false);
    }
  }

  private long modified(Path file) throws IOException {
    return files.getFileStatus(file).getModificationTime();
  }

  private boolean createAlone(Path file, byte[] content) throws IOException {
    OutputStream created;
    try {
      created = open(file, false);
    } catch (FileAlreadyExistsException | org.apache.hadoop.fs.FileAlreadyExistsException e) {
      return false; // It may be gone by now, so no more questions.
    } catch (IOException e) {
      if (files.exists(file)) {
        return false;
      }
      throw e;
    }
    try (OutputStream out = created) {
      out.write(content);
    }
    return true;
  }

  /** Hadoop looks for a local file and then writes it: two who look at once would both write. */
  private OutputStream open(Path file, boolean replace) throws IOException {
    if (!files.getUri().getScheme().equals("file")) {
      return files.create(file, replace);
    }
    java.nio.file.Path local = new File(file.toUri().getPath()).toPath();
    return replace
        ? Files.newOutputStream(local)
        : Files.newOutputStream(local, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }
}
