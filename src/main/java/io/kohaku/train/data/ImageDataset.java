package io.kohaku.train.data;

import io.kohaku.train.plan.EpochOrder;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Images to train on, in buckets. */
public interface ImageDataset extends Closeable {
  /** Number of images of each bucket, in bucket order. */
  List<Integer> sizes();

  /**
   * Reads images of one bucket.
   *
   * @param step updates done, for captions that grow with them
   */
  MicroBatch read(EpochOrder.Slot slot, Epoch epoch, long step) throws IOException;

  /**
   * When images are read: what their randomness depends on besides their place.
   *
   * @param seed the run's seed
   * @param epoch from 0
   */
  record Epoch(long seed, int epoch) {}
}
