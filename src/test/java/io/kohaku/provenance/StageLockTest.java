package io.kohaku.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.files.BucketFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageLockTest {
  private static final Duration OFTEN = Duration.ofMillis(20);
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir java.nio.file.Path temporary;
  private LockSite site;

  @BeforeEach
  void choose() {
    site = new LockSite(temporary.resolve("a b/train"));
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.call()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  @Test
  void isTakenGivenBackAndTakenAgain() throws IOException {
    for (int time = 0; time < 2; time++) {
      try (StageLock lock = site.take()) {
        lock.requireHeld();
        assertThat(site.holder().pid()).isEqualTo(ProcessHandle.current().pid());
      }
      assertThat(site.names()).isEmpty();
    }
  }

  @Test
  void isRefusedToASecondOfTheSameProcess() throws IOException {
    try (StageLock lock = site.take()) {
      LockHolder holder = site.holder();
      assertThatThrownBy(site::take)
          .isInstanceOf(StageHeldException.class)
          .hasMessage(
              "Cannot run in %s: it is held by process %s of user %s on host %s, since %s (wait for its end, or stop that process; one that has died is noticed within 60 s)",
              site.file().folder(), holder.pid(), holder.user(), holder.host(), holder.since());
      lock.requireHeld();
    }
  }

  @Test
  void whatAnotherTookIsLostAndStaysTheOthers() throws IOException {
    LockHolder other = LockSite.elsewhere();
    try (StageLock lock = site.take()) {
      site.hold(other);
      for (int time = 0; time < 2; time++) {
        assertThatThrownBy(lock::requireHeld)
            .isInstanceOf(StageHeldException.class)
            .hasMessageStartingWith("Cannot go on in " + site.file().folder())
            .hasMessageContaining("it was taken over by " + other.described());
      }
    }
    assertThat(site.holder()).isEqualTo(other);
    assertThat(site.names()).containsExactly("_lock.json");
  }

  @Test
  void whatWasRemovedIsLost() throws IOException {
    try (StageLock lock = site.take()) {
      Files.delete(site.lock());
      assertThatThrownBy(lock::requireHeld).hasMessageContaining("its lock was removed");
    }
  }

  @Test
  void aLossNoticedWhileRenewingIsRemembered() throws Exception {
    LockHolder self = LockHolder.thisProcess();
    try (StageLock lock = StageLock.take(site.file(), self, OFTEN)) {
      await(() -> Files.exists(site.beats(self)));
      site.hold(LockSite.elsewhere());
      await(() -> !Files.exists(site.beats(self)));
      site.hold(self);
      assertThatThrownBy(lock::requireHeld).hasMessageContaining("on host far");
    }
  }

  @Test
  void isRenewedAgainAndAgainAlsoAfterAFailure() throws Exception {
    LockHolder self = LockHolder.thisProcess();
    try (StageLock lock = StageLock.take(site.file(), self, OFTEN)) {
      java.nio.file.Path beats = site.beats(self);
      FileTime old = FileTime.from(Instant.now().minusSeconds(600));
      await(() -> Files.exists(beats));
      Files.setLastModifiedTime(beats, old);
      await(() -> Files.getLastModifiedTime(beats).compareTo(old) > 0);
      // A folder in its place cannot be written, nor removed before it is empty.
      java.nio.file.Path obstacle = temporary.resolve("obstacle/x");
      Files.createDirectories(obstacle);
      await(() -> replaced(beats, obstacle.getParent()));
      assertThatThrownBy(lock::requireHeld).isInstanceOf(IOException.class);
      Files.delete(beats.resolve("x"));
      Files.delete(beats);
      await(() -> Files.isRegularFile(beats));
      lock.requireHeld();
    }
    assertThat(site.names()).isEmpty();
  }

  /** The holder may write the file anew between the two steps. */
  private static boolean replaced(java.nio.file.Path file, java.nio.file.Path folder)
      throws IOException {
    Files.deleteIfExists(file);
    return folder.toFile().renameTo(file.toFile());
  }

  @Test
  void closingTwiceLeavesTheNextHoldersLock() throws IOException {
    StageLock first = site.take();
    first.close();
    try (StageLock second = site.take()) {
      first.close();
      second.requireHeld();
      assertThatThrownBy(first::requireHeld).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void isGivenBackByAnInterruptedThread() throws IOException {
    StageLock lock = site.take();
    Thread.currentThread().interrupt();
    lock.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(site.names()).isEmpty();
  }

  @Test
  void holdsFoldersOfOtherFileSystems() throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.bucket.impl", BucketFileSystem.class.getName());
    Path folder = new Path(BucketFileSystem.over(temporary), "/run/train");
    site = new LockSite(temporary.resolve("run/train"));
    LockHolder dead = LockSite.elsewhere();
    site.hold(dead);
    assertThatThrownBy(() -> StageLock.take(folder, hadoop))
        .hasMessageContaining(folder + ": it is held by " + dead.described());
    LockSite.age(site.lock());
    try (StageLock lock = StageLock.take(folder, hadoop)) {
      lock.requireHeld();
      assertThatThrownBy(() -> StageLock.take(folder, hadoop))
          .isInstanceOf(StageHeldException.class);
    }
    assertThat(site.names()).isEmpty();
  }

  @Test
  void filesOfTheLockAreNoData() throws IOException {
    LockHolder self = LockHolder.thisProcess();
    try (StageLock lock = StageLock.take(site.file(), self, NEVER)) {
      assertThatCode(lock::requireHeld).doesNotThrowAnyException();
      assertThat(site.names()).hasSize(2);
      Path folder = site.folder();
      assertThat(FileListing.under(folder.getFileSystem(new Configuration()), folder).files())
          .isEmpty();
    }
  }
}
