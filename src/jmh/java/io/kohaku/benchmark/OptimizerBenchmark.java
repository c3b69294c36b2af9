package io.kohaku.benchmark;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.settings.TrainSettings.Algorithm;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import io.kohaku.train.optimizer.Gradients;
import io.kohaku.train.optimizer.Optimizer;
import io.kohaku.train.optimizer.OptimizerOptions;
import io.kohaku.train.optimizer.Parameter;
import io.kohaku.train.optimizer.RateGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** One update of 8 million parameters in 300 tensors: each optimizer against Lion in float32. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class OptimizerBenchmark {
  private static final int TENSORS = 300;
  private static final int[][] SHAPES = {
    {160, 160}, {80, 160}, {160, 640}, {320, 80}, {8, 8}, {40, 60}
  };

  /** Which optimizer. */
  @Param({"LION", "LION8BIT", "ADAMW"})
  public Algorithm kind;

  private NDManager manager;
  private Gradients gradients;
  private Optimizer optimizer;

  /** Runs all and prints the times as ratios. */
  public static void main(String[] arguments) throws RunnerException {
    Collection<RunResult> results =
        new Runner(new OptionsBuilder().include(OptimizerBenchmark.class.getSimpleName()).build())
            .run();
    double lion = score(results, "LION");
    for (Algorithm kind : List.of(Algorithm.LION8BIT, Algorithm.ADAMW)) {
      System.out.printf("%s: %.2f x the time of LION%n", kind, score(results, kind.name()) / lion);
    }
  }

  private static double score(Collection<RunResult> results, String kind) {
    return results.stream()
        .filter(result -> result.getParams().getParam("kind").equals(kind))
        .findFirst()
        .orElseThrow()
        .getPrimaryResult()
        .getScore();
  }

  /** Gives every parameter a gradient. */
  @Setup
  public void open() {
    Autograd.enterThread();
    manager = Natives.manager(Device.cpu());
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < TENSORS; i++) {
      int[] shape = SHAPES[i % SHAPES.length];
      NDArray values = manager.randomNormal(new Shape(shape[0], shape[1]));
      parameters.add(new Parameter("p" + i, Autograd.leaf(manager, values)));
    }
    List<RateGroup> groups = List.of(new RateGroup("all", 1e-4, parameters));
    gradients = new Gradients(manager, groups);
    parameters.forEach(this::give);
    gradients.collect();
    optimizer = Optimizer.of(kind, manager, groups, new OptimizerOptions(0.9, 0.95, 0.1, 1e-8));
  }

  private void give(Parameter parameter) {
    KernelSource twin =
        new KernelSource("twin", "def twin(x: Tensor) -> Tensor:\n  return torch.mul(x, 1.0)\n");
    try (MemoryScope scope = MemoryScope.open(manager);
        TorchScript kernels = TorchScript.load(scope.manager(), twin)) {
      NDManager here = scope.manager();
      NDArray y = Autograd.recording(() -> kernels.tensor(here, "twin", parameter.tensor()));
      Autograd.backward(y, here.randomNormal(y.getShape()));
    }
  }

  /** One update. */
  @Benchmark
  public void step() {
    Autograd.enterThread();
    optimizer.step(gradients, 1);
  }

  /** Frees everything. */
  @TearDown
  public void close() {
    optimizer.close();
    gradients.close();
    manager.close();
  }
}
