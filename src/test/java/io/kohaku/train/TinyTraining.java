package io.kohaku.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.kohaku.Golden;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.BaseWeights;
import io.kohaku.lokr.DropoutMasks;
import io.kohaku.lokr.Initialization;
import io.kohaku.lokr.LokrKernels;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.ModeChoice;
import io.kohaku.lokr.ParameterGroup;
import io.kohaku.lokr.preset.LayerSelection;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.preset.Preset;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.sdxl.NoiseSchedule;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.TinyModel;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.train.model.AdaptedNetworks;
import io.kohaku.train.model.Batch;
import io.kohaku.train.model.DiffusionObjective;
import io.kohaku.train.model.MinSnr;
import io.kohaku.train.model.RunKernels;
import io.kohaku.train.optimizer.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tiny SDXL with the golden adapter, and inputs of the golden vectors. */
public final class TinyTraining implements AutoCloseable {
  public final AdaptedNetworks networks;
  private final SafeTensors golden;

  public TinyTraining(ModelOptions options, boolean checkpointing) throws IOException {
    this(options, KernelOptions.PLAIN, checkpointing);
  }

  /** The same with kernels that compute otherwise. */
  public TinyTraining(ModelOptions options, KernelOptions kernels, boolean checkpointing)
      throws IOException {
    this(
        options,
        kernels,
        checkpointing,
        PresetFile.load(Golden.path("parity-preset.toml").toString()),
        NetworkOptions.fullMatrix(4));
  }

  /** The same with another adapter. */
  public TinyTraining(
      ModelOptions options,
      KernelOptions kernels,
      boolean checkpointing,
      Preset preset,
      NetworkOptions adapted)
      throws IOException {
    this(options, kernels, checkpointing, preset, adapted, DataType.FLOAT32);
  }

  private TinyTraining(
      ModelOptions options,
      KernelOptions kernels,
      boolean checkpointing,
      Preset preset,
      NetworkOptions adapted,
      DataType trained)
      throws IOException {
    Autograd.enterThread();
    String vectors = "tiny-sdxl-vectors.safetensors";
    golden = SafeTensors.open(adapted.norms() ? Golden.own(vectors) : Golden.path(vectors));
    Path file = Files.createTempFile("tiny-sdxl", ".safetensors");
    TinySdxl.load().write(file);
    Sdxl sdxl;
    try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(file, Optional.empty(), options)) {
      sdxl = Sdxl.open(checkpoint, TinyModel.DEVICE, LokrKernels.layers(), kernels);
    }
    Files.delete(file);
    List<AdaptedModule> modules = LayerSelection.select(preset, adapted, sdxl.modules().modules());
    LokrNetwork adapter =
        LokrNetwork.create(
            sdxl.manager(), modules, new Initialization(1, BaseWeights.of(sdxl)), trained);
    DropoutMasks masks = new DropoutMasks(sdxl.manager(), modules, adapted.dropout());
    adapter.attachTo(sdxl, ModeChoice.forced(ApplyMode.MERGED), masks);
    float[] weights = new MinSnr(5).weights(NoiseSchedule.SDXL, Prediction.EPSILON);
    DiffusionObjective objective =
        new DiffusionObjective(sdxl.manager(), NoiseSchedule.SDXL, Prediction.EPSILON, weights);
    networks = new AdaptedNetworks(sdxl, adapter, masks, objective, checkpointing);
    fillWithTheFormula();
  }

  /**
   * The same with trained norms, on the inputs that {@code lokr-norms.safetensors} was made from.
   */
  static TinyTraining withNorms(boolean checkpointing) throws IOException {
    return withNorms(checkpointing, DataType.FLOAT32);
  }

  /** The same with an adapter of this type. */
  static TinyTraining withNorms(boolean checkpointing, DataType trained) throws IOException {
    return withNorms(KernelOptions.PLAIN, checkpointing, trained);
  }

  /** The same with kernels that compute otherwise. */
  static TinyTraining withNorms(KernelOptions kernels, boolean checkpointing, DataType trained)
      throws IOException {
    return new TinyTraining(
        ModelOptions.DEFAULT,
        kernels,
        checkpointing,
        PresetFile.load(Golden.own("parity-preset.toml").toString()),
        NetworkOptions.fullMatrix(4).withNorms(),
        trained);
  }

  /** Half of what the formula gives for each tensor's name, as the reference started from. */
  private void fillWithTheFormula() {
    Map<String, NDArray> leaves = networks.adapter().parameters();
    try (MemoryScope scope = MemoryScope.open(networks.sdxl().manager())) {
      List<NDArray> wanted = new ArrayList<>();
      leaves.forEach(
          (name, leaf) -> {
            float[] values = FormulaWeights.values(name, leaf.getShape().getShape());
            for (int i = 0; i < values.length; i++) {
              values[i] *= 0.5f;
            }
            wanted.add(scope.manager().create(values, leaf.getShape()));
          });
      RunKernels.of(scope.manager()).run("copy", List.copyOf(leaves.values()), wanted);
    }
  }

  /** The parameters of one group for the optimizer. */
  List<Parameter> parameters(ParameterGroup group) {
    return networks.adapter().parameters(group).entrySet().stream()
        .map(entry -> new Parameter(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** All trained tensors by name. */
  Map<String, NDArray> parameters() {
    return networks.adapter().parameters();
  }

  /** The golden texts and sizes with latents, noise and timesteps under this prefix. */
  public Batch inputs(NDManager scope, String prefix) {
    return new Batch(
        golden.read(scope, prefix + "latents", Dtype.F32),
        golden.read(scope, prefix + "noise", Dtype.F32),
        golden.read(scope, prefix + "timesteps", Dtype.I64),
        golden.read(scope, "te_ids1", Dtype.I64),
        golden.read(scope, "te_ids2", Dtype.I64),
        sizes(scope));
  }

  /** A golden tensor as numbers. */
  public float[] golden(String name) {
    try (NDManager scope = networks.sdxl().manager().newSubManager()) {
      return golden.read(scope, name, Dtype.F32).toFloatArray();
    }
  }

  private NDArray sizes(NDManager scope) {
    float[] sizes = new float[12];
    String[] parts = {"size_original_hw", "size_crop_tl", "size_target_hw"};
    for (int part = 0; part < parts.length; part++) {
      float[] pairs = golden.read(scope, parts[part], Dtype.F32).toFloatArray();
      for (int i = 0; i < pairs.length; i++) {
        sizes[i / 2 * 6 + part * 2 + i % 2] = pairs[i];
      }
    }
    return scope.create(sizes, new Shape(2, 6));
  }

  @Override
  public void close() {
    networks.objective().close();
    networks.masks().close();
    networks.adapter().close();
    networks.sdxl().close();
    golden.close();
  }
}
