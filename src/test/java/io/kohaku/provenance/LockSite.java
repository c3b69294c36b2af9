package io.kohaku.provenance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A stage's folder of this machine whose lock a test writes and reads as it likes. */
record LockSite(java.nio.file.Path local) {
  /** Longer than any holder may be silent. */
  private static final Duration LONG = Duration.ofMinutes(10);

  Path folder() {
    return new Path(local.toString());
  }

  LockFile file() throws IOException {
    return LockFile.in(folder(), new Configuration());
  }

  StageLock take() throws IOException {
    return StageLock.take(folder(), new Configuration());
  }

  java.nio.file.Path lock() {
    return local.resolve("_lock.json");
  }

  java.nio.file.Path beats(LockHolder holder) {
    return local.resolve("_lock.alive." + holder.token());
  }

  java.nio.file.Path claim(LockHolder holder) {
    return local.resolve("_lock.claim." + holder.token());
  }

  /** In one step, as a holder looks at it meanwhile. */
  void hold(LockHolder holder) throws IOException {
    Files.createDirectories(local);
    java.nio.file.Path whole = Files.write(local.resolve("_whole"), holder.toJson());
    Files.move(whole, lock(), StandardCopyOption.ATOMIC_MOVE);
  }

  LockHolder holder() throws IOException {
    return LockHolder.fromJson(Files.readString(lock())).orElseThrow();
  }

  List<String> names() throws IOException {
    try (Stream<java.nio.file.Path> all = Files.list(local)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  static void age(java.nio.file.Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(LONG)));
  }

  /** A process of this machine and user. */
  static LockHolder here(long pid, String started) throws IOException {
    LockHolder self = LockHolder.thisProcess();
    return new LockHolder(
        self.host(), self.user(), pid, started, self.since(), UUID.randomUUID(), self.machine());
  }

  /** A process that cannot be seen from here. */
  static LockHolder elsewhere() {
    return new LockHolder(
        "far", "ann", 7, "1", "2024-05-06T07:08:09Z", UUID.randomUUID(), "boot pid:[1]");
  }
}
