package io.kohaku.train.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.train.model.ExponentialMovingAverage;
import io.kohaku.train.model.RunKernels;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The beginning of a run from a checkpoint of another, of which it takes over what fits.
 *
 * <p>A tensor of the adapter is taken if both have it in the same shape. What the optimizer
 * remembers of a parameter is taken whole if the parameter was, and not at all else. Where both see
 * the same images in the same order the branch goes on at the next update; else it begins at its
 * first.
 *
 * @param state of the run that begins, as it was initialised
 * @param checkpoint of the other
 * @param saved what the checkpoint says of the other
 */
record Branching(RunState state, Path checkpoint, RunState.Saved saved) {
  private static final Logger LOG = LoggerFactory.getLogger(Branching.class);

  /** Takes over what fits, and says what does not; where the run stands then. */
  Progress take(Progress start) {
    FittingTensors adapter = takeAdapter();
    takeOptimizer(adapter.taken());
    state.average().ifPresentOrElse(this::takeAverage, this::dropAverage);
    return position(start);
  }

  private FittingTensors takeAdapter() {
    Path file = checkpoint.resolve(RunState.ADAPTER);
    FittingTensors fitting = FittingTensors.of(file, state.adapter());
    if (fitting.taken().isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot branch from %s: nothing of it fits the adapter of this run: %s (see section lokr)"
              .formatted(checkpoint, fitting.told()));
    }
    try (MemoryScope scope = MemoryScope.open(state.manager())) {
      copy(scope, fitting.taken(), TensorFile.readSome(file, scope.manager(), fitting.taken()));
    }
    LOG.info("Branching from {}: adapter: {}", checkpoint, fitting.told());
    return fitting;
  }

  private void takeOptimizer(Map<String, NDArray> parameters) {
    String wanted = state.identity().optimizer();
    if (!saved.identity().optimizer().equals(wanted)) {
      LOG.info(
          "Branching from {}: the optimizer begins anew: it was {} and is {}",
          checkpoint,
          saved.identity().optimizer(),
          wanted);
      return;
    }
    Path file = checkpoint.resolve(RunState.OPTIMIZER);
    Map<String, NDArray> all = state.optimizer().state();
    Map<String, NDArray> taken = whole(FittingTensors.of(file, all).taken(), all, parameters);
    try (MemoryScope scope = MemoryScope.open(state.manager())) {
      Map<String, NDArray> memory = new LinkedHashMap<>(all);
      memory.putAll(TensorFile.readSome(file, scope.manager(), taken));
      state.optimizer().restore(memory);
    }
    LOG.info(
        "Branching from {}: optimizer: {} of its {} tensors taken, the others begin anew",
        checkpoint,
        taken.size(),
        all.size());
  }

  /** Of the fitting tensors those of parameters that were taken and all of whose tensors fit. */
  static Map<String, NDArray> whole(
      Map<String, NDArray> fitting, Map<String, NDArray> all, Map<String, NDArray> parameters) {
    Map<String, Integer> missing = new TreeMap<>();
    all.keySet().forEach(name -> missing.merge(parameter(name), 1, Integer::sum));
    fitting.keySet().forEach(name -> missing.merge(parameter(name), -1, Integer::sum));
    Map<String, NDArray> whole = new LinkedHashMap<>();
    fitting.forEach(
        (name, tensor) -> {
          String parameter = parameter(name);
          if (missing.get(parameter) == 0 && parameters.containsKey(parameter)) {
            whole.put(name, tensor);
          }
        });
    return whole;
  }

  /** Whose tensor this is: an optimizer's are called {@code <parameter>.<kind>}. */
  private static String parameter(String tensor) {
    return tensor.substring(0, tensor.lastIndexOf('.'));
  }

  /** What the checkpoint lacks begins at the adapter as it was taken. */
  private void takeAverage(ExponentialMovingAverage average) {
    Map<String, NDArray> averages = average.tensors();
    Path file = checkpoint.resolve(RunState.AVERAGE);
    Map<String, NDArray> taken =
        Files.exists(file) ? FittingTensors.of(file, averages).taken() : Map.of();
    try (MemoryScope scope = MemoryScope.open(state.manager())) {
      Map<String, NDArray> sources = new LinkedHashMap<>(state.adapter());
      if (!taken.isEmpty()) {
        sources.putAll(TensorFile.readSome(file, scope.manager(), taken));
      }
      copy(scope, averages, sources);
    }
    LOG.info(
        "Branching from {}: average: {} of its {} tensors taken, the others begin at the adapter",
        checkpoint,
        taken.size(),
        averages.size());
  }

  private void dropAverage() {
    if (Files.exists(checkpoint.resolve(RunState.AVERAGE))) {
      LOG.info("Branching from {}: its average is dropped: this run keeps none", checkpoint);
    }
  }

  private Progress position(Progress start) {
    Progress there = saved.progress();
    boolean scaled = start.lossScale().dynamic() && there.lossScale().dynamic();
    LossScale scale = scaled ? there.lossScale() : start.lossScale();
    Optional<String> other = state.identity().otherOrder(saved.identity());
    if (other.isPresent()) {
      LOG.info(
          "Branching from {} of update {}: the first epoch begins anew, warm-up too: {}",
          checkpoint,
          there.step(),
          other.get());
      return Progress.start(scale);
    }
    LOG.info("Branching from {}: going on at update {}", checkpoint, there.step());
    return there.branched(scale);
  }

  /** Copies the sources of these names into the targets. */
  private static void copy(
      MemoryScope scope, Map<String, NDArray> targets, Map<String, NDArray> sources) {
    NDManager manager = scope.manager();
    RunKernels.of(manager)
        .run(
            "copy",
            List.copyOf(targets.values()),
            targets.keySet().stream().map(sources::get).toList());
  }
}
