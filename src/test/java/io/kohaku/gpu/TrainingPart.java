package io.kohaku.gpu;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.ownership.Closer;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.train.data.MadeUpImages;
import io.kohaku.train.loop.MeasuredUpdates;
import io.kohaku.train.model.LayerModes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A short real training on the demo's pictures, in three precisions. */
final class TrainingPart {
  private static final int MEAN_OF = 10;

  private final KitOptions options;
  private final Results results;
  private final int updates;
  private double[] inFull;

  TrainingPart(KitOptions options) {
    this.options = options;
    this.results = new Results(options.out(), "training");
    this.updates = options.number("updates", 100);
  }

  void run() {
    MadeUpImages images = pictures();
    for (String compute : List.of("fp32", "fp16", "bf16")) {
      DeviceMemory.release(options.device());
      results.attempt(compute, () -> train(compute, images));
    }
  }

  private Map<String, ?> train(String compute, MadeUpImages images) throws Exception {
    try (Closer opened = new Closer()) {
      List<String> words =
          List.of(
              "train.compute=" + compute,
              "train.micro-batch=4",
              "train.micro-batches-per-update=1",
              "train.optimizer.unet-rate=2e-4",
              "train.optimizer.text-encoder-rate=2e-5",
              "lokr.mode=merged",
              "lokr.preset=delta.toml");
      TrainedModel model = TrainedModel.open(options, words, opened);
      MeasuredUpdates training =
          new MeasuredUpdates(
              model.settings(), model.networks(), LayerModes.UNDECIDED, images, opened);
      List<MeasuredUpdates.Seconds> all = training.run(updates);
      double[] curve = means(all);
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("updates", updates);
      figures.put("seconds", all.stream().mapToDouble(MeasuredUpdates.Seconds::whole).sum());
      figures.put("left_out", all.stream().filter(one -> !one.applied()).count());
      figures.put("loss_of_each_tenth", curve);
      if (inFull == null) {
        inFull = curve;
      } else {
        figures.put("largest_difference_to_fp32", largestDifference(curve));
      }
      return figures;
    }
  }

  private double largestDifference(double[] curve) {
    double largest = 0;
    for (int i = 0; i < curve.length; i++) {
      largest = Math.max(largest, Math.abs(curve[i] / inFull[i] - 1));
    }
    return largest;
  }

  private static double[] means(List<MeasuredUpdates.Seconds> all) {
    double[] means = new double[Math.min(MEAN_OF, all.size())];
    for (int i = 0; i < means.length; i++) {
      means[i] =
          all.subList(all.size() * i / means.length, all.size() * (i + 1) / means.length).stream()
              .mapToDouble(MeasuredUpdates.Seconds::loss)
              .average()
              .orElseThrow();
    }
    return means;
  }

  private MadeUpImages pictures() {
    List<float[]> latents = new ArrayList<>();
    try (NDManager manager = Natives.manager(Device.cpu());
        SafeTensors file = SafeTensors.open(options.kit().resolve(PictureLatents.FILE))) {
      NDArray all = file.read(manager, PictureLatents.TENSOR, Dtype.F32);
      long[] shape = all.getShape().getShape();
      for (long i = 0; i < shape[0]; i++) {
        latents.add(all.get(i).toFloatArray());
      }
      return new MadeUpImages(
          (int) shape[2], (int) shape[3], latents, options.size().rows, options.size().vocabulary);
    }
  }
}
