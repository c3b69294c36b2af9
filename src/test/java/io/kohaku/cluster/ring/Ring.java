package io.kohaku.cluster.ring;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs one piece of code per rank, each in a thread of its own, joined in a ring. */
public final class Ring {
  public static final RingOptions OPTIONS =
      new RingOptions(Duration.ofSeconds(10), Duration.ofSeconds(10), WireFormat.FLOAT32);

  /** What a rank does with the ring. */
  interface Part<T> {
    T play(AllReduce ring) throws Exception;
  }

  private Ring() {}

  /** What each rank gives; the first failure is thrown. */
  static <T> List<T> run(int ranks, RingOptions options, Part<T> part) throws Exception {
    List<T> results = new ArrayList<>();
    for (Outcome<T> outcome : outcomes(ranks, options, part)) {
      if (outcome.failure() != null) {
        throw outcome.failure();
      }
      results.add(outcome.value());
    }
    return results;
  }

  /** A result or a failure. */
  record Outcome<T>(T value, Exception failure) {}

  static <T> List<Outcome<T>> outcomes(int ranks, RingOptions options, Part<T> part)
      throws InterruptedException {
    Secret secret = Secret.random();
    Rendezvous[] meeting = meeting(ranks);
    ExecutorService threads = Executors.newFixedThreadPool(ranks);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int index = 0; index < ranks; index++) {
        Rank rank = new Rank(index, ranks);
        futures.add(
            threads.submit(
                () -> {
                  try (AllReduce ring =
                      RingAllReduce.join(
                          rank, "localhost", meeting[rank.index()], secret, options)) {
                    return part.play(ring);
                  }
                }));
      }
      List<Outcome<T>> outcomes = new ArrayList<>();
      for (Future<T> future : futures) {
        outcomes.add(outcome(future));
      }
      return outcomes;
    } finally {
      threads.shutdownNow();
    }
  }

  private static <T> Outcome<T> outcome(Future<T> future) throws InterruptedException {
    try {
      return new Outcome<>(future.get(), null);
    } catch (ExecutionException e) {
      return new Outcome<>(null, (Exception) e.getCause());
    }
  }

  /** A rendezvous for threads: each writes its line, all wait, each reads all lines. */
  public static Rendezvous[] meeting(int ranks) {
    String[] lines = new String[ranks];
    CyclicBarrier barrier = new CyclicBarrier(ranks);
    Rendezvous[] doors = new Rendezvous[ranks];
    for (int index = 0; index < ranks; index++) {
      int mine = index;
      doors[index] =
          message -> {
            lines[mine] = message;
            try {
              barrier.await();
              List<String> all = List.copyOf(Arrays.asList(lines));
              barrier.await();
              return all;
            } catch (InterruptedException | BrokenBarrierException e) {
              throw new IllegalStateException(e);
            }
          };
    }
    return doors;
  }

  public static ByteBuffer buffer(float... values) {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
    buffer.asFloatBuffer().put(values);
    return buffer;
  }

  public static float[] values(ByteBuffer buffer) {
    float[] values = new float[buffer.capacity() / Float.BYTES];
    buffer.duplicate().order(ByteOrder.nativeOrder()).rewind().asFloatBuffer().get(values);
    return values;
  }
}
