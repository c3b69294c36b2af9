package io.kohaku.train.plan;

import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import java.util.Arrays;
import java.util.List;

/**
 * In which order one epoch shows the images: a pure function of bucket sizes, micro-batch size,
 * seed and epoch.
 *
 * <p>Each bucket's images are shuffled and cut into micro-batches, of which the last may be short;
 * then the micro-batches of all buckets are shuffled together. Nothing is padded, dropped or
 * repeated, so every image comes exactly once whatever the number of ranks, and an epoch has {@code
 * sum over buckets of ceil(images / micro-batch)} slots, as in the reference trainer.
 */
public final class EpochOrder {
  private final int microBatch;
  private final int[][] rows;
  private final int[] slotBucket;
  private final int[] slotStart;

  /**
   * The order of one epoch.
   *
   * @param sizes number of images of each bucket, in bucket order
   */
  public EpochOrder(List<Integer> sizes, int microBatch, long seed, int epoch) {
    this.microBatch = microBatch;
    this.rows = new int[sizes.size()][];
    int slots = Math.toIntExact(slots(sizes, microBatch));
    int[] bucketOf = new int[slots];
    int[] startOf = new int[slots];
    int slot = 0;
    for (int bucket = 0; bucket < rows.length; bucket++) {
      rows[bucket] =
          shuffled(sizes.get(bucket), SeededStream.of(Purpose.EPOCH_ROWS, seed, epoch, bucket));
      for (int start = 0; start < rows[bucket].length; start += microBatch) {
        bucketOf[slot] = bucket;
        startOf[slot++] = start;
      }
    }
    int[] order = shuffled(slots, SeededStream.of(Purpose.EPOCH_SLOTS, seed, epoch));
    this.slotBucket = new int[slots];
    this.slotStart = new int[slots];
    for (int i = 0; i < slots; i++) {
      slotBucket[i] = bucketOf[order[i]];
      slotStart[i] = startOf[order[i]];
    }
  }

  /** How many micro-batches an epoch of such buckets has. */
  static long slots(List<Integer> sizes, int microBatch) {
    long slots = 0;
    for (int size : sizes) {
      slots += ((long) size + microBatch - 1) / microBatch;
    }
    return slots;
  }

  /** How many micro-batches this epoch has. */
  public int slots() {
    return slotBucket.length;
  }

  /** The micro-batch at this place of the order. */
  public Slot slot(int index) {
    int[] all = rows[slotBucket[index]];
    int start = slotStart[index];
    int[] chosen = Arrays.copyOfRange(all, start, Math.min(start + microBatch, all.length));
    return new Slot(slotBucket[index], chosen, (long) index * microBatch);
  }

  /**
   * A micro-batch: images of one bucket.
   *
   * @param bucket number of the bucket
   * @param rows the images' row numbers within the bucket
   * @param place place of the first image in the epoch's order; the others follow by one
   */
  public record Slot(int bucket, int[] rows, long place) {}

  private static int[] shuffled(int size, SeededStream stream) {
    int[] values = new int[size];
    for (int i = 0; i < size; i++) {
      int j = stream.nextInt(i + 1);
      values[i] = values[j];
      values[j] = i;
    }
    return values;
  }
}
