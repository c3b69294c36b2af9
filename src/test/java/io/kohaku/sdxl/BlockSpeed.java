package io.kohaku.sdxl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.demo.FormulaWeights;
import io.kohaku.settings.ModelSettings.PooledProjection;
import io.kohaku.tensor.Autograd;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.TorchScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Time and memory of a mid-size U-Net, a tool of {@code bench/sdxl.sh}: prints {@code seconds} (the
 * median) and {@code megabytes} (peak over what was there before; a step on the smallest latents
 * comes first and loads what stays).
 */
public final class BlockSpeed {
  /** Half of SDXL's widths, a quarter of its depth. */
  private static final UNetSizes MID = new UNetSizes(4, 4, 160, 1024, 1408, List.of(0, 1, 3), 40);

  /** Side of the step that loads code and builds what is made once, before memory is measured. */
  private static final int SMALLEST = 8;

  private BlockSpeed() {}

  /** {@code forward|plain|checkpointed}, the side of the latents, the number of rounds. */
  public static void main(String[] arguments) throws IOException {
    Autograd.enterThread();
    int side = Integer.parseInt(arguments[1]);
    double[] seconds = new double[Integer.parseInt(arguments[2])];
    try (NDManager manager = Natives.manager(Device.cpu())) {
      TorchScript kernels = LayerKernels.load(manager, List.of(LayerKernels.PLAIN));
      Map<String, long[]> shapes = shapes();
      WeightReader reader = (owner, key) -> weight(owner, key, shapes.get(key));
      try (UNet unet = new UNet(layout(), kernels, manager, reader)) {
        step(unet, manager, arguments[0], SMALLEST);
        long before = kilobytes("VmRSS");
        for (int i = 0; i < seconds.length; i++) {
          long start = System.nanoTime();
          step(unet, manager, arguments[0], side);
          seconds[i] = (System.nanoTime() - start) / 1e9;
        }
        Arrays.sort(seconds);
        System.out.printf(
            "%.3f %d%n", seconds[seconds.length / 2], (kilobytes("VmHWM") - before) / 1024);
      }
    }
  }

  private static void step(UNet unet, NDManager manager, String mode, int side) {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      Tape tape =
          switch (mode) {
            case "forward" -> Tape.inference(scope.manager());
            case "plain" -> Tape.recording(scope.manager());
            case "checkpointed" -> Tape.checkpointed(scope.manager());
            default -> throw new IllegalArgumentException("Unknown mode: " + mode);
          };
      NDArray latents = data(scope, 1, 4, side, side);
      boolean walk = !mode.equals("forward");
      NDArray context = data(scope, 1, 77, MID.contextWidth());
      NDArray vector = data(scope, 1, MID.vectorWidth());
      Value epsilon =
          unet.forward(
              tape,
              walk ? tape.leaf(latents) : tape.input(latents),
              tape.input(scope.manager().create(new long[] {500})),
              walk ? tape.leaf(context) : tape.input(context),
              walk ? tape.leaf(vector) : tape.input(vector));
      if (walk) {
        tape.backward(epsilon, latents);
      }
    }
  }

  private static SdxlLayout layout() {
    return SdxlLayout.of("mid-size", shapes(), ModelOptions.DEFAULT, MID.headWidth());
  }

  private static Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    TextSizes text = new TextSizes(8, 77, 40, 40, 1, 40, 0);
    TextSizes pooled = new TextSizes(8, 77, 40, 40, 1, 40, 40);
    VaeSizes vae = new VaeSizes(List.of(32L), 1, 4);
    Stream.of(
            UNetPlan.of(MID, Timesteps.HALF_WIDTH),
            TextPlan.first(text),
            TextPlan.second(pooled, PooledProjection.STANDARD),
            VaePlan.encoder(vae),
            VaePlan.decoder(vae))
        .flatMap(List::stream)
        .flatMap(segment -> segment.weights().stream())
        .forEach(weight -> shapes.put(weight.key(), weight.keyShape()));
    return shapes;
  }

  private static NDArray weight(NDManager owner, String key, long[] shape) {
    return owner.create(FormulaWeights.values(key, shape), new Shape(shape));
  }

  private static NDArray data(MemoryScope scope, long... shape) {
    Shape size = new Shape(shape);
    return scope.manager().create(FormulaWeights.data("mid", (int) size.size()), size);
  }

  private static long kilobytes(String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
