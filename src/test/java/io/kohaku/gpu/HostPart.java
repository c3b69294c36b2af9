package io.kohaku.gpu;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.cluster.ring.Rank;
import io.kohaku.files.local.FolderTree;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.train.checkpoint.CheckpointStore;
import io.kohaku.train.checkpoint.RunCheckpoints;
import io.kohaku.train.checkpoint.RunIdentity;
import io.kohaku.train.checkpoint.RunState;
import io.kohaku.train.data.MadeUpImages;
import io.kohaku.train.loop.MeasuredUpdates;
import io.kohaku.train.model.LayerModes;
import io.kohaku.train.optimizer.OptimizerStep;
import io.kohaku.train.optimizer.Verdict;
import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import io.kohaku.train.plan.UpdateTotals;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What lies between micro-batches: optimizer, gradients to the host and back, files. */
final class HostPart {
  private static final int RUNS = 3;
  private static final List<String> WORDS =
      List.of(
          "train.compute=bf16",
          "train.micro-batch=1",
          "train.micro-batches-per-update=1",
          "train.optimizer.algorithm=lion8bit",
          "lokr.mode=merged",
          "lokr.preset=delta.toml");

  private final KitOptions options;
  private final Results results;
  private final Device device;

  HostPart(KitOptions options) {
    this.options = options;
    this.results = new Results(options.out(), "host");
    this.device = options.device();
  }

  void run() throws Exception {
    Path folder = Files.createTempDirectory("kit");
    try {
      try (Closer opened = new Closer()) {
        TrainedModel model = TrainedModel.open(options, WORDS, opened);
        int side = options.pixels(256) / 8;
        MadeUpImages image =
            MadeUpImages.noise(2, side, side, options.size().rows, options.size().vocabulary);
        MeasuredUpdates updates =
            new MeasuredUpdates(
                model.settings(), model.networks(), LayerModes.UNDECIDED, image, opened);
        updates.run(1);
        results.attempt("optimizer", () -> optimizer(model, updates.rule().optimizerStep()));
        results.attempt("checkpoint", () -> checkpoint(model, updates, folder));
      }
      DeviceMemory.release(device);
      if (options.hasTimeFor(30)) {
        results.attempt("model", () -> model(folder.resolve("model.safetensors")));
      }
    } finally {
      FolderTree.remove(folder);
    }
  }

  private Map<String, ?> optimizer(TrainedModel model, OptimizerStep step) throws Exception {
    NDArray last = model.networks().adapter().parameters().values().iterator().next();
    double gathering =
        Clock.median(
            RUNS,
            () -> {
              step.gather(AllReduce.alone());
              step.guard(LossScale.none(), UpdateTotals.NOTHING.learned(1, 1));
            });
    double travelling =
        Clock.median(
            RUNS,
            () -> {
              step.gather(new Nothing());
              step.guard(LossScale.none(), UpdateTotals.NOTHING.learned(1, 1));
            });
    double stepping =
        Clock.median(
            RUNS,
            () -> {
              step.apply(new Verdict.Accepted(1), 1);
              Clock.await(last);
            });
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("trained", model.trained());
    figures.put("seconds_gather_and_norm", gathering);
    if (device.isGpu()) {
      figures.put("seconds_to_host_and_back", travelling - gathering);
    }
    figures.put("seconds_step", stepping);
    return figures;
  }

  private Map<String, ?> checkpoint(TrainedModel model, MeasuredUpdates updates, Path folder)
      throws Exception {
    RunState state =
        new RunState(
            model.networks().sdxl().manager(),
            model.networks().adapter().parameters(),
            updates.rule().optimizerStep().optimizer(),
            updates.rule().average(),
            RunIdentity.of("kit", model.settings().train(), 1));
    RunCheckpoints checkpoints = new RunCheckpoints(state, new CheckpointStore(folder, 1));
    Progress start = Progress.start(LossScale.none());
    double saving = Clock.seconds(() -> checkpoints.save(start));
    double resuming = Clock.seconds(() -> checkpoints.resume(start, 1));
    return Map.of("seconds_save", saving, "seconds_resume", resuming);
  }

  /** Loads a checkpoint of halves, of which the first reading is from the page cache. */
  private Map<String, ?> model(Path file) throws Exception {
    List<TensorSource> tensors = new ArrayList<>();
    options
        .size()
        .layout()
        .expected()
        .forEach(
            (key, shape) ->
                tensors.add(new TensorSource(key, Dtype.F16, shape, out -> zeros(out, shape))));
    tensors.add(
        TensorSource.of(Network.TE2.prefix() + "logit_scale", Dtype.F16, new long[0], new byte[2]));
    double writing = Clock.seconds(() -> SafeTensorsWriter.write(file, metadata(), tensors));
    double loading =
        Clock.seconds(
            () -> {
              try (SdxlCheckpoint checkpoint =
                      SdxlCheckpoint.open(
                          file, Optional.empty(), ModelOptions.DEFAULT.withDtype(Dtype.F16));
                  Sdxl sdxl = Sdxl.open(checkpoint, device, List.of(LayerKernels.PLAIN))) {
                Clock.await(sdxl.weight(Network.UNET, "input_blocks.0.0"));
              }
            });
    return Map.of("bytes", Files.size(file), "seconds_write", writing, "seconds_load", loading);
  }

  private Map<String, String> metadata() {
    return Map.of(
        ModelOptions.HEAD_WIDTH_KEY,
        String.valueOf(options.size().layout().unetSizes().headWidth()));
  }

  private static void zeros(WritableByteChannel out, long[] shape) throws IOException {
    long left = 2;
    for (long dimension : shape) {
      left *= dimension;
    }
    ByteBuffer part = ByteBuffer.allocateDirect(8 << 20);
    while (left > 0) {
      part.clear().limit((int) Math.min(left, part.capacity()));
      left -= part.remaining();
      TensorSource.writeFully(part, out);
    }
  }

  /** A sum over two ranks that takes no time: what is left is the way to the host and back. */
  private static final class Nothing implements AllReduce {
    @Override
    public void sum(ByteBuffer floats) {
      // Stays as it is.
    }

    @Override
    public void begin(ByteBuffer floats) {
      // As above.
    }

    @Override
    public Rank rank() {
      return new Rank(0, 2);
    }

    @Override
    public void close() {
      // Nothing was opened.
    }
  }
}
