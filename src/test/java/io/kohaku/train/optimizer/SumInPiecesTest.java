package io.kohaku.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.cluster.ring.Rank;
import io.kohaku.cluster.ring.Rendezvous;
import io.kohaku.cluster.ring.Ring;
import io.kohaku.cluster.ring.RingAllReduce;
import io.kohaku.cluster.ring.RingOptions;
import io.kohaku.cluster.ring.Secret;
import io.kohaku.cluster.ring.WireFormat;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sum over ranks that begins while the walk back goes on. */
class SumInPiecesTest {
  private static final int[] LENGTHS = {300, 1, 700, 500, 2, 900, 400};
  private static final int PIECES = 4;
  private static final int UNREACHED = 3;

  @Test
  void piecesGoFromTheEndToTheStartWhateverIsFinishedFirst() {
    try (TestParameters parameters = new TestParameters()) {
      List<NDArray> leaves = parameters(parameters).stream().map(Parameter::tensor).toList();
      Pieces pieces = new Pieces(leaves, PIECES);
      for (int update = 0; update < 2; update++) {
        assertThat(pieces.remaining()).isEqualTo(LENGTHS.length);
        pieces.finish(leaves.subList(0, 5));
        assertThat(pieces.isReady()).as("the end is not").isFalse();
        pieces.finish(List.of(leaves.get(6), parameters.parameter("other", 1).tensor()));
        assertThat(pieces.isReady()).as("half of the end is").isFalse();
        pieces.finish(List.of(leaves.get(5)));
        assertThat(pieces.isReady()).isTrue();
        assertThat(pieces.next()).isEqualTo(new Pieces.Piece(5, 7));
        assertThat(pieces.remaining()).isEqualTo(5);
        assertThat(pieces.next()).isEqualTo(new Pieces.Piece(2, 5));
        assertThat(pieces.isReady()).isTrue();
        assertThat(pieces.next()).isEqualTo(new Pieces.Piece(0, 2));
        assertThat(pieces.hasNext() || pieces.isReady()).isFalse();
        assertThat(pieces.remaining()).isZero();
        pieces.restart();
      }
      assertThat(new Pieces(leaves, 1).next()).isEqualTo(new Pieces.Piece(0, LENGTHS.length));
    }
  }

  /**
   * The tolerances: none for a + b; the last bit of sums of three below 3; 2 + 2 halves of 2^-11.
   */
  @ParameterizedTest
  @CsvSource({"2, FLOAT32, 0", "3, FLOAT32, 4e-7", "2, FLOAT16, 2e-3", "3, FLOAT16, 4e-3"})
  void theSumsAreThoseOfTheWhole(int ranks, WireFormat wire, float tolerance) throws Exception {
    List<float[][]> whole = play(ranks, wire, 1, SumInPiecesTest::twoUpdates);
    List<float[][]> pieces = play(ranks, wire, PIECES, SumInPiecesTest::twoUpdates);
    for (int update = 0; update < 2; update++) {
      float[] sums = pieces.get(0)[update];
      assertThat(sums).containsExactly(whole.get(0)[update], within(tolerance));
      for (float[][] other : pieces) {
        assertThat(other[update]).as("on every rank").isEqualTo(sums);
      }
    }
    assertThat(pieces.get(0)[0]).isNotEqualTo(pieces.get(0)[1]);
  }

  /** The last rank has no micro-batch, or leaves it out. */
  private static float[][] twoUpdates(Turn turn) throws IOException {
    float[][] sums = new float[2][];
    for (int update = 0; update < 2; update++) {
      int rank = turn.ring().rank().index();
      if (rank < turn.ring().rank().count() - 1) {
        turn.give(update * 10 + rank);
        turn.finish(rank, rank + 3);
        turn.finish(rank + 3, LENGTHS.length);
        turn.finish(0, rank);
      }
      turn.gradients().collect();
      turn.gradients().sum(turn.ring());
      sums[update] = turn.sums();
    }
    return sums;
  }

  @Test
  void sumsBeginBeforeTheWalkIsOver() throws Exception {
    List<Boolean> early =
        play(
            2,
            WireFormat.FLOAT32,
            PIECES,
            turn -> {
              turn.give(turn.ring().rank().index());
              turn.finish(5, 7);
              long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
              // Until the other rank's 1.x has come, its own is all there is.
              boolean summed = false;
              while (!summed && System.nanoTime() < deadline) {
                summed = turn.last() > 2;
              }
              turn.gradients().collect();
              turn.gradients().sum(turn.ring());
              return summed;
            });
    assertThat(early).containsExactly(true, true);
  }

  @Test
  void aRankThatDiesInTheMiddleIsNamed() {
    assertThatThrownBy(
            () ->
                play(
                    2,
                    WireFormat.FLOAT32,
                    PIECES,
                    turn -> {
                      turn.give(0);
                      turn.finish(5, 7);
                      if (turn.ring().rank().first()) {
                        turn.finish(0, 5);
                        turn.gradients().collect();
                        turn.gradients().sum(turn.ring());
                      }
                      return "over";
                    }))
        .hasRootCauseInstanceOf(IOException.class)
        .hasMessageMatching(".*Cannot sum over ranks: rank 1 at localhost:\\d+ is gone: .*");
  }

  /** One rank with what it sums. */
  private record Turn(
      AllReduce ring, TestParameters all, List<Parameter> parameters, Gradients gradients) {
    /** Gives every parameter but one a gradient from 1 to 2. */
    void give(int seed) {
      SeededStream stream = SeededStream.of(Purpose.TRIAL, 7, seed);
      for (int i = 0; i < LENGTHS.length; i++) {
        float[] values = new float[LENGTHS[i]];
        for (int at = 0; at < values.length; at++) {
          values[at] = 1 + (float) stream.nextDouble();
        }
        if (i != UNREACHED) {
          all.give(parameters.get(i), values);
        }
      }
    }

    /** The walk is done with these. */
    void finish(int from, int to) {
      gradients.finish(parameters.subList(from, to).stream().map(Parameter::tensor).toList(), ring);
    }

    /** What all ranks have given. */
    float[] sums() {
      int at = 0;
      float[] sums = new float[Arrays.stream(LENGTHS).sum()];
      for (Parameter parameter : parameters) {
        float[] values = gradients.of(parameter).map(NDArray::toFloatArray).orElse(new float[0]);
        System.arraycopy(values, 0, sums, at, values.length);
        at += (int) parameter.elements();
      }
      assertThat(gradients.of(parameters.get(UNREACHED))).isEmpty();
      return sums;
    }

    /** The last value of the buffer. */
    float last() {
      float[] values =
          gradients.of(parameters.get(LENGTHS.length - 1)).orElseThrow().toFloatArray();
      return values[values.length - 1];
    }
  }

  private interface Part<T> {
    T play(Turn turn) throws Exception;
  }

  private static List<Parameter> parameters(TestParameters all) {
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < LENGTHS.length; i++) {
      parameters.add(all.parameter("p" + i, new float[LENGTHS[i]]));
    }
    return parameters;
  }

  /** What each rank gives, in a thread and with parameters of its own. */
  private static <T> List<T> play(int ranks, WireFormat wire, int pieces, Part<T> part)
      throws Exception {
    RingOptions options = new RingOptions(Duration.ofSeconds(10), Duration.ofSeconds(10), wire);
    Rendezvous[] meeting = Ring.meeting(ranks);
    Secret secret = Secret.random();
    ExecutorService threads = Executors.newFixedThreadPool(ranks);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int index = 0; index < ranks; index++) {
        Rank rank = new Rank(index, ranks);
        futures.add(
            threads.submit(
                () -> {
                  try (TestParameters all = new TestParameters()) {
                    List<Parameter> parameters = parameters(all);
                    RateGroup group = TestParameters.group(1, parameters.toArray(Parameter[]::new));
                    try (Gradients gradients =
                            new Gradients(all.manager(), List.of(group), pieces);
                        AllReduce ring =
                            RingAllReduce.join(
                                rank, "localhost", meeting[rank.index()], secret, options)) {
                      return part.play(new Turn(ring, all, parameters, gradients));
                    }
                  }
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
