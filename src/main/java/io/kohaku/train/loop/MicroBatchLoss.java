package io.kohaku.train.loop;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.train.data.Collator;
import io.kohaku.train.data.MicroBatch;
import io.kohaku.train.data.ReadyBatch;
import io.kohaku.train.model.AdaptedNetworks;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The loss of micro-batches, with one memory scope for each.
 *
 * @param networks with the adapter under them
 * @param tensors makes their inputs
 */
public record MicroBatchLoss(AdaptedNetworks networks, Collator tensors) {
  /**
   * The mean loss, whose gradient times {@code factor} is added to the adapter's.
   *
   * @param finished hears on the way back of leaves that this micro-batch adds no more to
   * @return not finite if the loss is not; no gradient was added then
   */
  double learn(ReadyBatch batch, double factor, Consumer<List<NDArray>> finished) {
    try (MemoryScope scope = MemoryScope.open(networks.sdxl().manager())) {
      return networks.learn(scope.manager(), batch.on(scope.manager()), factor, finished);
    }
  }

  /**
   * The same without waiting for the loss, which becomes a tensor of {@code owner}; where it is not
   * finite, gradients are spoilt.
   */
  NDArray learnUnread(ReadyBatch batch, double factor, NDManager owner) {
    try (MemoryScope scope = MemoryScope.open(networks.sdxl().manager())) {
      NDArray loss = networks.learnUnread(scope.manager(), batch.on(scope.manager()), factor);
      return scope.keep(loss, owner);
    }
  }

  /** The loss of each image at timesteps of one of several equal parts of the schedule. */
  float[] evaluate(MicroBatch batch, int part, int parts) {
    try (ReadyBatch ready = tensors.ready(batch, tensors.quarter(part, parts));
        MemoryScope scope = MemoryScope.open(networks.sdxl().manager())) {
      return networks.evaluate(scope.manager(), ready.on(scope.manager()));
    }
  }

  /** What makes that loss no number, if it is none. */
  Optional<String> blame(MicroBatch batch, int part, int parts) {
    try (ReadyBatch ready = tensors.ready(batch, tensors.quarter(part, parts));
        MemoryScope scope = MemoryScope.open(networks.sdxl().manager())) {
      return networks.blame(scope.manager(), ready.on(scope.manager()));
    }
  }
}
