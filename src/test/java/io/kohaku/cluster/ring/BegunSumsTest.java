package io.kohaku.cluster.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums that are begun on a ring. */
class BegunSumsTest {
  private static final int BUFFERS = 5;
  private static final int LENGTH = 70_001;

  @ParameterizedTest
  @CsvSource({"2, FLOAT32", "3, FLOAT32", "2, FLOAT16", "3, FLOAT16"})
  void areThoseOfTheCallingThread(int ranks, WireFormat wire) throws Exception {
    RingOptions options = new RingOptions(Duration.ofSeconds(10), Duration.ofSeconds(10), wire);
    List<List<float[]>> begun = Ring.run(ranks, options, ring -> sums(ring, BUFFERS - 1));
    List<List<float[]>> waited = Ring.run(ranks, options, ring -> sums(ring, 0));
    for (int rank = 0; rank < ranks; rank++) {
      for (int i = 0; i < BUFFERS; i++) {
        assertThat(begun.get(rank).get(i)).isEqualTo(waited.get(0).get(i));
      }
    }
  }

  /** Begins so many, makes the others, and all are made. */
  private static List<float[]> sums(AllReduce ring, int begun) throws Exception {
    List<ByteBuffer> buffers = new ArrayList<>();
    for (int i = 0; i < BUFFERS; i++) {
      buffers.add(Ring.buffer(values(ring.rank().index(), i)));
    }
    for (ByteBuffer buffer : buffers.subList(0, begun)) {
      ring.begin(buffer);
    }
    for (ByteBuffer buffer : buffers.subList(begun, BUFFERS)) {
      ring.sum(buffer);
    }
    return buffers.stream().map(Ring::values).toList();
  }

  private static float[] values(int rank, int buffer) {
    float[] values = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = 1f / (1 + rank + 3 * buffer + i);
    }
    return values;
  }

  /** A rank that begins and one that does not make the same sums, if in the same order. */
  @Test
  void meetThoseOfRanksThatDidNotBegin() throws Exception {
    List<List<float[]>> mixed =
        Ring.run(2, Ring.OPTIONS, ring -> sums(ring, ring.rank().first() ? 0 : 3));
    for (int i = 0; i < BUFFERS; i++) {
      assertThat(mixed.get(1).get(i)).isEqualTo(mixed.get(0).get(i));
    }
  }

  @Test
  void aDeadPeerIsNamedByTheNextSum() throws Exception {
    List<Ring.Outcome<String>> outcomes =
        Ring.outcomes(
            2,
            Ring.OPTIONS,
            ring -> {
              ring.begin(Ring.buffer(1, 2, 3));
              if (!ring.rank().first()) {
                ring.sum(Ring.buffer(4));
                throw new IllegalStateException("rank 1 dies");
              }
              ring.begin(Ring.buffer(4));
              ring.begin(Ring.buffer(5, 6));
              ring.begin(Ring.buffer(7, 8));
              ring.sum(Ring.buffer(9));
              return "summed";
            });
    assertThat(outcomes.get(0).failure())
        .isInstanceOf(PeerException.class)
        .hasMessageMatching("Cannot sum over ranks: rank 1 at localhost:\\d+ is gone: .*");
  }

  @Test
  void whoIsInterruptedWhileItWaitsSaysSoAndLeavesNoThread() throws Exception {
    besideOneThatHangs(
        ring -> {
          ring.begin(Ring.buffer(1, 2, 3));
          assertThat(threads()).hasSize(1);
          Thread.currentThread().interrupt();
          assertThatThrownBy(() -> ring.sum(Ring.buffer(4)))
              .isInstanceOf(PeerException.class)
              .hasMessage("Cannot sum over ranks: rank 0 of 2 was interrupted");
          ring.close();
          assertThat(Thread.interrupted()).isTrue();
          assertNoThreadIsLeft();
        });
  }

  /** Closing does not wait for a peer that hangs. */
  @Test
  void endWhenTheRingIsClosed() throws Exception {
    long start = System.nanoTime();
    besideOneThatHangs(
        ring -> {
          ring.begin(Ring.buffer(1, 2, 3));
          ring.begin(Ring.buffer(4));
          ring.close();
          assertNoThreadIsLeft();
        });
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(8));
  }

  /** What a rank does while the other one hangs. */
  private interface Deed {
    void act(AllReduce ring) throws Exception;
  }

  /** The other rank joins and then hangs until the first is done. */
  private static void besideOneThatHangs(Deed deed) throws Exception {
    CountDownLatch others = new CountDownLatch(1);
    List<Ring.Outcome<String>> outcomes =
        Ring.outcomes(
            2,
            Ring.OPTIONS,
            ring -> {
              if (!ring.rank().first()) {
                return others.await(20, TimeUnit.SECONDS) ? "hung" : "forgotten";
              }
              deed.act(ring);
              others.countDown();
              return "closed";
            });
    assertThat(outcomes).extracting(Ring.Outcome::value).containsExactly("closed", "hung");
  }

  /** One that has nothing to do any more takes a moment to end. */
  private static void assertNoThreadIsLeft() throws InterruptedException {
    for (Thread thread : threads()) {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    }
    assertThat(threads()).isEmpty();
  }

  /** Those that make begun sums. */
  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sums of rank 0 of 2"))
        .toList();
  }
}
