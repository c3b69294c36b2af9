package io.kohaku.cluster.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RingAllReduceTest {
  private static final RingOptions IMPATIENT =
      new RingOptions(Duration.ofSeconds(10), Duration.ofMillis(300), WireFormat.FLOAT32);

  @ParameterizedTest
  @CsvSource({"1, 5", "2, 0", "2, 1", "2, 200001", "3, 2", "3, 7", "3, 300000", "4, 3", "4, 70001"})
  void sumsOverRanksWithTheSameBitsOnEach(int ranks, int length) throws Exception {
    List<float[]> sums = Ring.run(ranks, Ring.OPTIONS, ring -> sumTwice(ring, length));

    float[] expected = new float[length];
    for (int index = 0; index < ranks; index++) {
      float[] part = part(index, length);
      for (int i = 0; i < length; i++) {
        expected[i] += part[i];
      }
    }
    assertThat(distance(sums.get(0), expected)).isLessThan(1e-5f);
    assertThat(sums).allSatisfy(sum -> assertThat(Arrays.equals(sum, sums.get(0))).isTrue());
  }

  /** Twice on one ring, to see that nothing is left over from the first. */
  private static float[] sumTwice(AllReduce ring, int length) throws IOException {
    float[] first = null;
    for (int round = 0; round < 2; round++) {
      ByteBuffer buffer = Ring.buffer(part(ring.rank().index(), length));
      ring.sum(buffer);
      float[] sum = Ring.values(buffer);
      assertThat(first == null || Arrays.equals(first, sum)).isTrue();
      first = sum;
    }
    return first;
  }

  @ParameterizedTest
  @CsvSource({"2", "3", "4"})
  void halvesOnTheWireStayCloseAndEqualOnEveryRank(int ranks) throws Exception {
    RingOptions halves =
        new RingOptions(Duration.ofSeconds(10), Duration.ofSeconds(10), WireFormat.FLOAT16);
    int length = 150_000;
    List<float[]> sums =
        Ring.run(
            ranks,
            halves,
            ring -> {
              ByteBuffer buffer = Ring.buffer(part(ring.rank().index(), length));
              ring.sum(buffer);
              return Ring.values(buffer);
            });

    float[] exact = new float[length];
    for (int index = 0; index < ranks; index++) {
      float[] part = part(index, length);
      for (int i = 0; i < length; i++) {
        exact[i] += part[i];
      }
    }
    assertThat(distance(sums.get(0), exact)).isBetween(1e-6f, 4e-3f);
    assertThat(sums).allSatisfy(sum -> assertThat(Arrays.equals(sum, sums.get(0))).isTrue());
  }

  @Test
  void notANumberReachesEveryRank() throws Exception {
    List<float[]> sums =
        Ring.run(
            3,
            new RingOptions(Duration.ofSeconds(10), Duration.ofSeconds(10), WireFormat.FLOAT16),
            ring -> {
              ByteBuffer buffer =
                  Ring.buffer(1, ring.rank().index() == 1 ? Float.NaN : 1, 1, 1, 1, 1);
              ring.sum(buffer);
              return Ring.values(buffer);
            });
    assertThat(sums).allSatisfy(sum -> assertThat(sum[1]).isNaN());
  }

  @Test
  void deadPeerIsNamedAtOnce() throws Exception {
    long start = System.nanoTime();
    List<Ring.Outcome<String>> outcomes =
        Ring.outcomes(
            3,
            Ring.OPTIONS,
            ring -> {
              if (ring.rank().index() == 1) {
                throw new IllegalStateException("rank 1 dies");
              }
              ring.sum(Ring.buffer(1, 2, 3));
              return "summed";
            });
    assertThat(outcomes.get(2).failure())
        .isInstanceOf(PeerException.class)
        .hasMessageMatching("Cannot sum over ranks: rank 1 at localhost:\\d+ is gone: .*");
    assertThat(outcomes.get(0).failure()).isInstanceOf(PeerException.class);
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(8));
  }

  @Test
  void hungPeerIsNamedAfterTheTimeout() throws Exception {
    CountDownLatch others = new CountDownLatch(1);
    List<Ring.Outcome<String>> outcomes =
        Ring.outcomes(
            2,
            IMPATIENT,
            ring -> {
              if (ring.rank().index() == 0) {
                others.await(20, TimeUnit.SECONDS);
                return "hung";
              }
              try {
                ring.sum(Ring.buffer(1, 2, 3));
                return "summed";
              } finally {
                others.countDown();
              }
            });
    assertThat(outcomes.get(1).failure())
        .hasMessageMatching(
            "Cannot sum over ranks: rank 0 at localhost:\\d+ has sent nothing for 0.3 s");
  }

  @Test
  void ranksThatSumDifferentThingsAreToldApart() throws Exception {
    List<Ring.Outcome<String>> outcomes =
        Ring.outcomes(
            2,
            Ring.OPTIONS,
            ring -> {
              ring.sum(Ring.buffer(new float[3 + ring.rank().index()]));
              return "summed";
            });
    assertThat(outcomes.get(0).failure())
        .hasMessage(
            "Cannot sum over ranks: rank 0 sums 3 values in its sum 0, rank 1 sums 4 in its 0");
  }

  @Test
  void strangersAreShownOutAndTheRingCloses() throws Exception {
    Rendezvous[] meeting = Ring.meeting(2);
    Secret secret = Secret.random();
    Rendezvous crowded =
        message -> {
          List<String> all = meeting[0].allGather(message);
          all.forEach(RingAllReduceTest::disturb);
          return all;
        };
    Thread other = new Thread(() -> sumOnce(1, meeting[1], secret));
    other.start();
    float[] sum = sumOnce(0, crowded, secret);
    other.join();
    assertThat(sum).containsExactly(3, 3);
  }

  private static float[] sumOnce(int index, Rendezvous door, Secret secret) {
    Rank rank = new Rank(index, 2);
    try (AllReduce ring = RingAllReduce.join(rank, "localhost", door, secret, Ring.OPTIONS)) {
      ByteBuffer buffer = Ring.buffer(1 + index, 1 + index);
      ring.sum(buffer);
      return Ring.values(buffer);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One stranger stays silent, one says something wrong. */
  private static void disturb(String invitation) {
    String[] words = invitation.split(" ");
    try {
      Socket silent = new Socket();
      silent.connect(new InetSocketAddress(words[0], Integer.parseInt(words[1])));
      Socket liar = new Socket(words[0], Integer.parseInt(words[1]));
      liar.getOutputStream().write(new byte[32]);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoDoesNotKnowTheSecretDoesNotJoin() throws Exception {
    Rendezvous[] meeting = Ring.meeting(2);
    RingOptions brief =
        new RingOptions(Duration.ofMillis(500), Duration.ofSeconds(1), WireFormat.FLOAT32);
    Thread other =
        new Thread(
            () ->
                assertThatThrownBy(
                        () ->
                            RingAllReduce.join(
                                new Rank(1, 2), "localhost", meeting[1], Secret.random(), brief))
                    .isInstanceOf(PeerException.class));
    other.start();
    assertThatThrownBy(
            () ->
                RingAllReduce.join(new Rank(0, 2), "localhost", meeting[0], Secret.random(), brief))
        .isInstanceOf(PeerException.class)
        .hasMessage("Cannot join the ring: rank 1 did not connect in time");
    other.join();
  }

  @Test
  void onlyDirectBuffersAreTaken() throws Exception {
    List<Ring.Outcome<String>> outcomes =
        Ring.outcomes(
            2,
            Ring.OPTIONS,
            ring -> {
              ring.sum(ByteBuffer.allocate(8));
              return "summed";
            });
    assertThat(outcomes.get(0).failure())
        .hasMessageContaining("must be direct and in native byte order");
  }

  private static float distance(float[] one, float[] other) {
    assertThat(one).hasSameSizeAs(other);
    float largest = 0;
    for (int i = 0; i < one.length; i++) {
      largest = Math.max(largest, Math.abs(one[i] - other[i]));
    }
    return largest;
  }

  private static float[] part(int index, int length) {
    SeededStream stream = SeededStream.of(Purpose.TRIAL, 99, index);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (2 * stream.nextDouble() - 1);
    }
    return values;
  }
}
