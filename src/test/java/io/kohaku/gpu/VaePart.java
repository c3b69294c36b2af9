package io.kohaku.gpu;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.settings.SpeedSettings.MemoryFormat;
import io.kohaku.settings.SpeedSettings.Norms;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.script.TorchScript;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pictures to latents and back: pictures a second, memory, difference to float32. */
final class VaePart {
  private static final TorchScript KERNELS = TorchScript.shared(VaePart.class, "kit.torch");
  private static final int[] BATCHES = {1, 4, 8, 16};
  private static final int RUNS = 3;

  private final KitOptions options;
  private final Results results;
  private final Device device;
  private final int side;
  private float[] latentsInFull;

  VaePart(KitOptions options) {
    this.options = options;
    this.results = new Results(options.out(), "vae");
    this.device = options.device();
    this.side = options.pixels(1024);
  }

  void run() {
    for (Dtype dtype : List.of(Dtype.F32, Dtype.F16, Dtype.BF16)) {
      for (MemoryFormat format : MemoryFormat.values()) {
        if (options.hasTimeFor(10)) {
          measure(dtype, format);
        }
      }
    }
  }

  private void measure(Dtype dtype, MemoryFormat format) {
    DeviceMemory.release(device);
    RandomWeights weights = RandomWeights.of(options.size(), dtype);
    KernelOptions kernels = new KernelOptions(format, Norms.FLOAT32);
    String what = "%s %s".formatted(dtype, format);
    try (Vae vae = Vae.open(weights, device, dtype, kernels)) {
      results.attempt("difference " + what, () -> difference(vae));
      for (int batch : BATCHES) {
        if (options.hasTimeFor(10)) {
          results.attempt(
              "encode %s %s".formatted(what, batch), () -> rate(vae, dtype, batch, true));
        }
      }
      results.attempt("decode %s 1".formatted(what), () -> rate(vae, dtype, 1, false));
    }
  }

  private Map<String, ?> rate(Vae vae, Dtype dtype, int batch, boolean encode) throws Exception {
    DeviceMemory.release(device);
    double seconds =
        Clock.median(
            RUNS,
            () -> {
              try (MemoryScope scope = MemoryScope.open(vae.manager())) {
                NDArray result =
                    encode
                        ? vae.encode(scope.manager(), normal(scope, batch, 3, side)).mean()
                        : vae.decode(scope.manager(), normal(scope, batch, 4, side / 8));
                Clock.await(result);
              }
            });
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("dtype", dtype.toString());
    figures.put("batch", batch);
    figures.put("side", side);
    figures.put("images_per_second", batch / seconds);
    figures.put("bytes_peak", DeviceMemory.peak(device));
    return figures;
  }

  /** The same made-up picture in every precision. */
  private Map<String, ?> difference(Vae vae) {
    try (MemoryScope scope = MemoryScope.open(vae.manager())) {
      float[] pixels = new float[3 * side * side];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) Math.sin(i * 0.01 + i / side * 0.1);
      }
      NDArray picture = scope.manager().create(pixels, new Shape(1, 3, side, side));
      NDArray latents = vae.encode(scope.manager(), picture).mean();
      if (latentsInFull == null) {
        latentsInFull = latents.toFloatArray();
      }
      NDArray full = scope.manager().create(latentsInFull, latents.getShape());
      Differences between = Differences.of(scope.manager(), latents, full);
      return Map.of("largest_difference", between.largest(), "size", between.size());
    }
  }

  private static NDArray normal(MemoryScope scope, int batch, int channels, int side) {
    return KERNELS.tensor(
        scope.manager(),
        "normal",
        new long[] {batch, channels, side, side},
        1.0,
        Dtype.F32,
        scope.manager().getDevice());
  }
}
