package io.kohaku.train.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PrefetchTest {
  @Test
  void valuesComeInOrderAndAFailureInItsPlace() throws Exception {
    List<Callable<Integer>> makers =
        List.of(
            () -> 1,
            () -> 2,
            () -> {
              throw new IllegalStateException("third");
            });
    try (Prefetch<Integer> prefetch = new Prefetch<>("test", 2, makers.iterator(), value -> {})) {
      assertThat(prefetch.take()).isEqualTo(1);
      assertThat(prefetch.take()).isEqualTo(2);
      assertThatThrownBy(prefetch::take)
          .isInstanceOf(IOException.class)
          .hasMessage("Cannot read ahead: third");
    }
  }

  /** A task that Spark kills closes while its thread is interrupted. */
  @Test
  void closingWaitsForTheMakerEvenIfInterrupted() throws Exception {
    CountDownLatch making = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    Callable<Integer> slow =
        () -> {
          making.countDown();
          long end = System.nanoTime() + 200_000_000;
          while (System.nanoTime() < end) {
            Thread.onSpinWait(); // Deaf to interrupts, as a read may be.
          }
          done.set(true);
          return 1;
        };
    Prefetch<Integer> prefetch = new Prefetch<>("test", 2, List.of(slow).iterator(), value -> {});
    making.await();
    Thread.currentThread().interrupt();
    prefetch.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(done).isTrue();
  }

  @Test
  void whatWasMadeAndNotTakenIsHandedBack() throws Exception {
    List<Integer> handedBack = new CopyOnWriteArrayList<>();
    CountDownLatch full = new CountDownLatch(1);
    List<Callable<Integer>> makers =
        List.of(
            () -> 1,
            () -> 2,
            () -> 3,
            () -> {
              full.countDown();
              return 4;
            });
    Prefetch<Integer> prefetch = new Prefetch<>("test", 2, makers.iterator(), handedBack::add);
    assertThat(prefetch.take()).isEqualTo(1);
    full.await();
    prefetch.close();
    assertThat(handedBack).containsExactlyInAnyOrder(2, 3, 4);
  }
}
