package io.kohaku.train.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.train.model.ExponentialMovingAverage;
import io.kohaku.train.optimizer.Optimizer;
import io.kohaku.train.plan.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All that the next update depends on, to and from a checkpoint.
 *
 * @param manager of the networks
 * @param adapter the trained tensors by name
 * @param optimizer with its state
 * @param average of the adapter, if one is kept
 * @param identity of the run
 */
public record RunState(
    NDManager manager,
    Map<String, NDArray> adapter,
    Optimizer optimizer,
    Optional<ExponentialMovingAverage> average,
    RunIdentity identity) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The file with the trained tensors. */
  public static final String ADAPTER = "adapter.safetensors";

  /** The file with their average, if one is kept. */
  public static final String AVERAGE = "average.safetensors";

  static final String OPTIMIZER = "optimizer.safetensors";
  private static final String PROGRESS = "progress.json";

  /** What {@code progress.json} holds. */
  record Saved(RunIdentity identity, Progress progress) {}

  /** The files of a checkpoint. */
  Map<String, CheckpointStore.FileWriter> files(Progress progress) {
    Map<String, CheckpointStore.FileWriter> files = new LinkedHashMap<>();
    files.put(ADAPTER, file -> TensorFile.write(file, adapter));
    files.put(OPTIMIZER, file -> TensorFile.write(file, optimizer.state()));
    average.ifPresent(kept -> files.put(AVERAGE, file -> TensorFile.write(file, kept.tensors())));
    files.put(PROGRESS, file -> JSON.writeValue(file.toFile(), new Saved(identity, progress)));
    return files;
  }

  /** Takes over what a checkpoint holds. */
  Progress restore(Path checkpoint) throws IOException {
    Saved saved = saved(checkpoint);
    identity.requireSame(saved.identity(), checkpoint);
    TensorFile.restore(checkpoint.resolve(ADAPTER), manager, adapter);
    try (MemoryScope scope = MemoryScope.open(manager)) {
      optimizer.restore(
          TensorFile.read(checkpoint.resolve(OPTIMIZER), scope.manager(), optimizer.state()));
    }
    if (average.isPresent()) {
      TensorFile.restore(checkpoint.resolve(AVERAGE), manager, average.get().tensors());
    }
    return saved.progress();
  }

  /** Takes over what fits of a checkpoint of another run, and says what does not. */
  Progress branch(Path checkpoint, Progress start) throws IOException {
    return new Branching(this, checkpoint, saved(checkpoint)).take(start);
  }

  private static Saved saved(Path checkpoint) throws IOException {
    return JSON.readValue(checkpoint.resolve(PROGRESS).toFile(), Saved.class);
  }
}
