package io.kohaku.train.loop;

import io.kohaku.cluster.ring.Rank;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.data.Collator;
import io.kohaku.train.data.ImageDataset;
import io.kohaku.train.data.MicroBatch;
import io.kohaku.train.data.Prefetch;
import io.kohaku.train.data.ReadyBatch;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.RunPlan;
import io.kohaku.train.plan.UpdateWalk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.Callable;

/**
 * One rank's micro-batches from a position to the end of the run, read and made tensors of in a
 * thread of its own while others are used.
 */
final class ReadAhead implements AutoCloseable {
  private static final int AHEAD = 2;

  private final Prefetch<ReadyBatch> prefetch;

  ReadAhead(RunPlan plan, Rank rank, Progress from, ImageDataset images, Collator tensors) {
    Iterator<Callable<MicroBatch>> readers =
        readers(images, plan, new UpdateWalk(plan, rank, from));
    prefetch = new Prefetch<>("read ahead", AHEAD, makers(readers, tensors), ReadyBatch::close);
  }

  /** The next one, which is the caller's now. */
  ReadyBatch take() throws IOException, InterruptedException {
    return prefetch.take();
  }

  private static Iterator<Callable<ReadyBatch>> makers(
      Iterator<Callable<MicroBatch>> readers, Collator tensors) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return readers.hasNext();
      }

      @Override
      public Callable<ReadyBatch> next() {
        Callable<MicroBatch> reader = readers.next();
        return () -> {
          Autograd.enterThread();
          return tensors.ready(reader.call());
        };
      }
    };
  }

  private static Iterator<Callable<MicroBatch>> readers(
      ImageDataset images, RunPlan plan, UpdateWalk walk) {
    Deque<Callable<MicroBatch>> waiting = new ArrayDeque<>();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (waiting.isEmpty() && walk.hasNext()) {
          UpdateWalk.Update update = walk.next();
          ImageDataset.Epoch epoch = new ImageDataset.Epoch(plan.seed(), update.epoch());
          update
              .slots()
              .forEach(slot -> waiting.add(() -> images.read(slot, epoch, update.step())));
        }
        return !waiting.isEmpty();
      }

      @Override
      public Callable<MicroBatch> next() {
        return waiting.remove();
      }
    };
  }

  @Override
  public void close() {
    prefetch.close();
  }
}
