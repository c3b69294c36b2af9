package io.kohaku.weights.verify;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.file.AttachedAdapter;
import io.kohaku.lokr.file.LayerUpdate;
import io.kohaku.lokr.file.LokrFile;
import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.lokr.file.TensorUpdate;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.checkpoint.PredictionMarks;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.TensorStore;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.weights.SliceBuffer;
import io.kohaku.weights.TensorStatistics;
import io.kohaku.weights.WeightKernels;
import io.kohaku.weights.bake.BakePlan;
import io.kohaku.weights.export.TrainedAdapter;
import io.kohaku.weights.merge.MergeDifferences;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Loads written files again and looks whether they are whole: that every layer finds its place,
 * every number is finite, no tensor is missing or misshapen, and that the networks predict the same
 * noise as those that the file was made from.
 *
 * <p>Networks are loaded one after another in float32, whatever the files hold.
 */
public final class Verification {
  private final Path base;
  private final ModelOptions options;
  private final List<String> problems = new ArrayList<>();
  private VerifyReport.Layers layers = new VerifyReport.Layers(0, 0, 0);
  private int norms;
  private int tensors;

  private Verification(Path base, ModelOptions options) {
    Autograd.enterThread();
    this.base = base;
    this.options = options.withDtype(Dtype.F32);
  }

  /**
   * Verifies an exported adapter against the trainer's own.
   *
   * @param base the checkpoint that was trained on
   * @param exported the LoKr file
   */
  public static VerifyReport ofAdapter(
      Path base, Path exported, TrainedAdapter trained, ModelOptions options) throws IOException {
    return new Verification(base, options).adapter(exported, trained);
  }

  /**
   * Verifies a baked checkpoint against its base with the adapters added in memory.
   *
   * @param plan what was baked into what
   * @param baked the result
   */
  public static VerifyReport ofBake(BakePlan plan, Path baked, ModelOptions options)
      throws IOException {
    return new Verification(plan.base(), options).bake(plan, baked);
  }

  private VerifyReport adapter(Path exported, TrainedAdapter trained) throws IOException {
    load(exported);
    sameLayers(exported, trained);
    finite(exported);
    float[] plain = predict(base, List.of(LayerKernels.PLAIN), sdxl -> {});
    float[] wanted = predict(base, LokrKernels.layers(), trained::attach);
    float[] found =
        predict(base, LokrKernels.layers(), sdxl -> AttachedAdapter.attach(sdxl, exported));
    double effect = ForwardProbe.difference(wanted, plain);
    double allowed = Closeness.ofAdapter(Closeness.narrowest(exported), effect);
    double difference = ForwardProbe.difference(found, wanted);
    compare(exported + " predicts otherwise than the trainer's adapter", difference, allowed);
    return new VerifyReport(layers, norms, tensors, effect, difference, allowed, problems);
  }

  private VerifyReport bake(BakePlan plan, Path baked) throws IOException {
    for (MergedAdapters.Source adapter : plan.adapters()) {
      load(adapter.file());
      finite(adapter.file());
    }
    finite(baked);
    sameTensors(baked);
    List<KernelSource> layerKernels = List.of(LayerKernels.PLAIN);
    float[] plain = predict(base, layerKernels, sdxl -> {});
    float[] wanted =
        predict(base, layerKernels, sdxl -> MergedAdapters.merge(sdxl, plan.adapters()));
    float[] found = predict(baked, layerKernels, sdxl -> {});
    double effect = ForwardProbe.difference(wanted, plain);
    double allowed = Closeness.ofCheckpoint(Closeness.narrowest(baked));
    double difference = ForwardProbe.difference(found, wanted);
    compare(
        "%s predicts otherwise than %s with its adapters".formatted(baked, base),
        difference,
        allowed);
    return new VerifyReport(layers, norms, tensors, effect, difference, allowed, problems);
  }

  private void compare(String problem, double difference, double allowed) {
    if (!(difference <= allowed)) {
      problems.add(
          String.format(Locale.ROOT, "%s: by %.3g (at most %.3g)", problem, difference, allowed));
    }
  }

  /**
   * Looks up every layer and norm of an adapter in the networks; one that they do not have is an
   * error.
   */
  private void load(Path adapter) {
    try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(base, Optional.empty(), options);
        LokrFile file = LokrFile.open(adapter)) {
      List<TensorUpdate> found = file.updates(checkpoint.layout().modules().changeable(), 1);
      layers =
          layers.plus(
              new VerifyReport.Layers(
                  count(found, Network.UNET),
                  count(found, Network.TE1),
                  count(found, Network.TE2)));
      norms +=
          found.stream()
              .map(update -> update.target().module())
              .filter(AdaptableLayer::isNorm)
              .distinct()
              .count();
    }
  }

  private static int count(List<TensorUpdate> updates, Network network) {
    return (int)
        updates.stream()
            .filter(LayerUpdate.class::isInstance)
            .filter(update -> update.target().module().network() == network)
            .count();
  }

  /** The tensors of every trained layer and norm must be there in their shape, and no others. */
  private void sameLayers(Path exported, TrainedAdapter trained) {
    Map<String, Shape> wanted = new TreeMap<>();
    try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(base, Optional.empty(), options)) {
      for (AdaptedModule module : trained.modules(checkpoint.layout().modules())) {
        for (ParameterSpec parameter : module.parameters()) {
          wanted.put(module.tensor(parameter), parameter.shape());
        }
      }
    }
    // The scalar is multiplied into the small block when a file is written.
    wanted.keySet().removeIf(LokrTensor.SCALAR::isNamed);
    Set<String> missing = new TreeSet<>();
    Set<String> strange = new TreeSet<>();
    try (SafeTensors file = SafeTensors.open(exported)) {
      Map<String, Shape> found = new TreeMap<>();
      file.tensors().forEach((name, info) -> found.put(name, new Shape(info.shape())));
      found.keySet().removeIf(LokrTensor.ALPHA::isNamed);
      wanted.forEach((name, shape) -> mark(missing, name, shape, found.get(name)));
      found.forEach((name, shape) -> mark(strange, name, shape, wanted.get(name)));
    }
    few("%s tensors that these settings train are not in %s, first %s", missing, exported);
    few(
        "%s tensors that these settings do not train are in %s, first %s (give those of train)",
        strange, exported);
  }

  private static void mark(Set<String> marked, String name, Shape shape, Shape other) {
    if (!shape.equals(other)) {
      marked.add(name + " " + shape);
    }
  }

  private void few(String problem, Set<String> tensors, Path file) {
    if (!tensors.isEmpty()) {
      problems.add(problem.formatted(tensors.size(), file, tensors.iterator().next()));
    }
  }

  /** Alpha may be infinite: the reference writes it so, and nothing reads it. */
  private void finite(Path path) throws IOException {
    try (WeightKernels kernels = new WeightKernels();
        SafeTensors file = SafeTensors.open(path)) {
      SliceBuffer buffer = new SliceBuffer(kernels.manager());
      for (TensorInfo info : file.tensors().values()) {
        if (info.dtype().isFloating() && !LokrTensor.ALPHA.isNamed(info.name())) {
          TensorStatistics numbers = TensorStatistics.of(kernels, buffer, file, info);
          tensors++;
          if (numbers.notFinite() > 0) {
            problems.add(
                "%s of %s has %s numbers that are not finite"
                    .formatted(info.name(), path, numbers.notFinite()));
          }
        }
      }
    }
  }

  private void sameTensors(Path baked) {
    try (TensorStore before = SdxlCheckpoint.tensors(base);
        TensorStore after = SdxlCheckpoint.tensors(baked)) {
      MergeDifferences.of(List.of(before, after)).stream()
          .filter(difference -> !PredictionMarks.isMark(difference.split(" ", 2)[0]))
          .forEach(problems::add);
    }
  }

  private float[] predict(Path file, List<KernelSource> layerKernels, Consumer<Sdxl> adapt) {
    try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(file, Optional.empty(), options);
        Sdxl sdxl = Sdxl.open(checkpoint, Device.cpu(), layerKernels)) {
      adapt.accept(sdxl);
      return ForwardProbe.run(sdxl);
    }
  }
}
