package io.kohaku.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockTakingTest {
  @TempDir java.nio.file.Path temporary;
  private LockSite site;

  @BeforeEach
  void choose() throws IOException {
    site = new LockSite(Files.createDirectories(temporary.resolve("train")));
  }

  private void assertTaken() throws IOException {
    try (StageLock lock = site.take()) {
      lock.requireHeld();
      assertThat(site.holder().pid()).isEqualTo(ProcessHandle.current().pid());
    }
    assertThat(site.names()).isEmpty();
  }

  private void assertHeldBy(LockHolder holder) throws IOException {
    assertThatThrownBy(site::take)
        .isInstanceOf(StageHeldException.class)
        .hasMessageContaining("held by " + holder.described());
    assertThat(site.holder()).isEqualTo(holder);
  }

  private void assertHeldByUnknown() throws IOException {
    assertThatThrownBy(site::take)
        .isInstanceOf(StageHeldException.class)
        .hasMessageContaining("held by an unknown process, as %s is not whole", site.file().path());
  }

  @Test
  void aProcessThatRunsHoldsItHoweverSilent() throws IOException {
    long pid = ProcessHandle.current().parent().orElseThrow().pid();
    LockHolder parent = LockSite.here(pid, ThisMachine.start(pid).orElseThrow());
    site.hold(parent);
    LockSite.age(site.lock());
    assertHeldBy(parent);
  }

  @Test
  void aProcessWithAReusedIdIsAnother() throws IOException {
    site.hold(LockSite.here(ProcessHandle.current().pid(), "1"));
    assertTaken();
  }

  @Test
  void aProcessThatEndedIsNoticedAtOnce() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    LockHolder ended = LockSite.here(process.pid(), "1");
    site.hold(ended);
    Files.createFile(site.beats(ended));
    assertTaken();
  }

  @Test
  void aHolderElsewhereHoldsItWhileItGivesSignsOfLife() throws IOException {
    LockHolder holder = LockSite.elsewhere();
    site.hold(holder);
    assertHeldBy(holder);
    LockSite.age(site.lock());
    Files.createFile(site.beats(holder));
    assertHeldBy(holder);
    LockSite.age(site.beats(holder));
    Files.createFile(site.beats(LockSite.elsewhere()));
    site.take().close();
    assertThat(site.lock()).doesNotExist();
    assertThat(site.beats(holder)).doesNotExist();
  }

  /** What this process cannot see is not taken for dead at once. */
  @Test
  void aProcessIsLookedForOnItsOwnMachineAlone() throws IOException {
    LockHolder gone = LockSite.here(ProcessHandle.current().pid(), "1");
    for (int difference = 0; difference < 4; difference++) {
      LockHolder holder =
          new LockHolder(
              difference == 0 ? "far" : gone.host(),
              difference == 1 ? "another" : gone.user(),
              gone.pid(),
              gone.started(),
              gone.since(),
              UUID.randomUUID(),
              difference == 2 ? "boot pid:[1]" : difference == 3 ? "" : gone.machine());
      site.hold(holder);
      assertHeldBy(holder);
      LockSite.age(site.lock());
      assertTaken();
    }
  }

  @Test
  void aLockThatIsNotWholeIsFreeOnceItIsOld() throws IOException {
    String whole = new String(LockSite.elsewhere().toJson());
    List<String> contents =
        List.of("", "null", whole.substring(0, 40), whole.replaceAll("\"token.*\n", ""));
    for (String content : contents) {
      Files.writeString(site.lock(), content);
      LockSite.age(site.lock());
      assertTaken();
    }
    Files.writeString(site.lock(), contents.get(1));
    assertHeldByUnknown();
  }

  @Test
  void aDamagedLockIsHeldWhileAnyoneGivesSignsOfLife() throws IOException {
    Files.createFile(site.lock());
    LockSite.age(site.lock());
    Files.createFile(site.beats(LockSite.elsewhere()));
    assertHeldByUnknown();
  }

  @Test
  void aLockThatIsBeingWrittenIsReadAgain() throws Exception {
    LockHolder holder = LockSite.elsewhere();
    Files.createFile(site.lock());
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<?> writer =
          pool.submit(
              () -> {
                Thread.sleep(100);
                site.hold(holder);
                return null;
              });
      assertHeldBy(holder);
      writer.get();
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void aLockOfALaterVersionIsRead() throws IOException {
    LockHolder holder = LockSite.elsewhere();
    site.hold(holder);
    String text = Files.readString(site.lock());
    Files.writeString(site.lock(), text.replaceFirst("\\{", "{\"more\": 1,"));
    assertHeldBy(holder);
  }

  @Test
  void oneThatDiedWhileTakingOverHindersNobodyForLong() throws IOException {
    LockHolder dead = LockSite.here(ProcessHandle.current().pid(), "1");
    site.hold(dead);
    Files.createFile(site.claim(dead));
    assertHeldByUnknown();
    LockSite.age(site.claim(dead));
    assertTaken();
  }

  @RepeatedTest(50)
  void oneOfThoseWhoFindADeadHolderWins() throws Exception {
    site.hold(LockSite.here(ProcessHandle.current().pid(), "1"));
    assertOneWins();
  }

  @RepeatedTest(50)
  void oneOfThoseWhoFindNobodyWins() throws Exception {
    assertOneWins();
  }

  private void assertOneWins() throws Exception {
    int takers = 4;
    ExecutorService pool = Executors.newFixedThreadPool(takers);
    List<StageLock> winners = new ArrayList<>();
    try {
      List<Callable<StageLock>> tries = Collections.nCopies(takers, site::take);
      for (Future<StageLock> result : pool.invokeAll(tries)) {
        try {
          winners.add(result.get());
        } catch (ExecutionException e) {
          assertThat(e.getCause()).isInstanceOf(StageHeldException.class);
        }
      }
      assertThat(winners).hasSize(1);
      winners.get(0).requireHeld();
    } finally {
      pool.shutdown();
      winners.forEach(StageLock::close);
    }
    assertThat(site.names()).isEmpty();
  }
}
