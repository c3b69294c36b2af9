package io.kohaku.train.data;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.kohaku.ownership.Closer;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.TorchScript;
import io.kohaku.train.model.Batch;

/**
 * A micro-batch with its tensors on the host, ready for the device; made by one thread and used and
 * closed by another.
 *
 * <p>For a GPU they lie in pinned memory. The copy to it goes by the stream that also computes, so
 * it comes before what uses it and the host waits for nothing; libtorch gives pinned memory to
 * others only after the copy out of it is done, so this may be closed at once.
 */
public final class ReadyBatch implements AutoCloseable {
  private final MicroBatch rows;
  private final NDManager host;
  private final Batch tensors;

  /** Takes charge of {@code host}, whose the tensors are. */
  ReadyBatch(MicroBatch rows, NDManager host, Batch tensors) {
    this.rows = rows;
    this.host = host;
    this.tensors = tensors;
  }

  /** The same in pinned memory, in place of this one; needs a GPU. */
  ReadyBatch pinned() {
    try (this;
        Closer opening = new Closer()) {
      NDManager copies = opening.add(Natives.manager(host.getDevice()));
      NDList pinned = Kernels.SHARED.tensors(copies, "pinned", tensors.tensors());
      opening.release();
      return new ReadyBatch(rows, copies, Batch.of(pinned));
    }
  }

  /** What it was made of. */
  public MicroBatch rows() {
    return rows;
  }

  /** The tensors on the device of {@code scope}: on the host these very ones, on a GPU copies. */
  public Batch on(NDManager scope) {
    return scope.getDevice().isGpu()
        ? Batch.of(Kernels.SHARED.tensors(scope, "on_device", tensors.tensors(), scope.getDevice()))
        : tensors;
  }

  @Override
  public void close() {
    host.close();
  }

  /** Compiled at the first use, after libtorch was loaded. */
  private static final class Kernels {
    private static final TorchScript SHARED = TorchScript.shared(ReadyBatch.class, "ready.torch");
  }
}
