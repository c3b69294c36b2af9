package io.kohaku.sdxl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.sdxl.layout.TextPlan;
import io.kohaku.sdxl.layout.TextSizes;
import io.kohaku.sdxl.layout.Timesteps;
import io.kohaku.sdxl.layout.UNetPlan;
import io.kohaku.sdxl.layout.UNetSizes;
import io.kohaku.sdxl.layout.VaePlan;
import io.kohaku.sdxl.layout.VaeSizes;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.sdxl.tape.Segment;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.sdxl.tape.WeightReader;
import io.kohaku.settings.ModelSettings.PooledProjection;
import io.kohaku.tensor.MemoryScope;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.TorchScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Time and memory of a mid-size U-Net and of its blocks, a tool of {@code bench/sdxl.sh}: prints
 * {@code seconds} (the median) and {@code megabytes} (peak over what was there before; a step on
 * the smallest latents comes first and loads what stays).
 */
public final class BlockSpeed {
  /** Half of SDXL's widths, a quarter of its depth. */
  private static final UNetSizes MID = new UNetSizes(4, 4, 160, 1024, 1408, List.of(0, 1, 3), 40);

  /** Width of the middle blocks, and of the embedding that they read. */
  private static final int WIDTH = 640;

  /** Steps that load and compile code and build what is made once, before memory is measured. */
  private static final int WARM_UP = 20;

  /** Side of these steps. */
  private static final int SMALLEST = 8;

  private BlockSpeed() {}

  /** What is timed: from tensors of a scope to its output. */
  private interface Part {
    Value forward(Tape tape, UnaryOperator<Value> entry, MemoryScope scope, int side);
  }

  /**
   * {@code unet|residual|transformer}, {@code forward|plain|checkpointed}, the side of the latents,
   * the number of rounds.
   */
  public static void main(String[] arguments) throws IOException {
    Autograd.enterThread();
    int side = Integer.parseInt(arguments[2]);
    double[] seconds = new double[Integer.parseInt(arguments[3])];
    try (NDManager manager = Natives.manager(Device.cpu())) {
      Part part = part(arguments[0], manager);
      for (int i = 0; i < WARM_UP; i++) {
        step(part, manager, arguments[1], SMALLEST);
      }
      long before = kilobytes("VmRSS");
      for (int i = 0; i < seconds.length; i++) {
        long start = System.nanoTime();
        step(part, manager, arguments[1], side);
        seconds[i] = (System.nanoTime() - start) / 1e9;
      }
      Arrays.sort(seconds);
      System.out.printf(
          "%.3f %d%n", seconds[seconds.length / 2], (kilobytes("VmHWM") - before) / 1024);
    }
  }

  private static void step(Part part, NDManager manager, String mode, int side) {
    try (MemoryScope scope = MemoryScope.open(manager)) {
      Tape tape =
          switch (mode) {
            case "forward" -> Tape.inference(scope.manager());
            case "plain" -> Tape.recording(scope.manager());
            case "checkpointed" -> Tape.checkpointed(scope.manager());
            default -> throw new IllegalArgumentException("Unknown mode: " + mode);
          };
      boolean walk = !mode.equals("forward");
      Value output =
          part.forward(tape, value -> walk ? tape.leaf(value.array()) : value, scope, side);
      if (walk) {
        tape.backward(output, output.array().duplicate());
      }
    }
  }

  private static Part part(String name, NDManager manager) {
    TorchScript kernels =
        LayerKernels.load(manager, List.of(LayerKernels.PLAIN), KernelOptions.PLAIN);
    Map<String, long[]> shapes = layout().expected();
    WeightReader reader = (owner, key) -> weight(owner, key, shapes.get(key));
    if (name.equals("unet")) {
      return unet(new UNet(layout(), kernels, manager, reader));
    }
    String path = name.equals("residual") ? "middle_block.0" : "middle_block.1";
    List<Segment> block =
        UNetPlan.of(MID, Timesteps.HALF_WIDTH).stream()
            .filter(plan -> (plan.path() + ".").startsWith(path + "."))
            .map(plan -> Segment.load(plan, kernels, manager, reader))
            .toList();
    return (tape, entry, scope, side) -> {
      Value image = entry.apply(tape.input(data(scope, 1, WIDTH, side, side)));
      Value embedding = entry.apply(tape.input(data(scope, 1, WIDTH)));
      Value context = entry.apply(tape.input(data(scope, 1, 77, MID.contextWidth())));
      return new UNet.Conditions(tape, embedding, context).run(block, image, null);
    };
  }

  private static Part unet(UNet unet) {
    return (tape, entry, scope, side) ->
        unet.forward(
            tape,
            entry.apply(tape.input(data(scope, 1, 4, side, side))),
            tape.input(scope.manager().create(new long[] {500})),
            entry.apply(tape.input(data(scope, 1, 77, MID.contextWidth()))),
            entry.apply(tape.input(data(scope, 1, MID.vectorWidth()))));
  }

  private static SdxlLayout layout() {
    TextSizes text = new TextSizes(8, 77, 40, 40, 1, 40, 0);
    TextSizes pooled = new TextSizes(8, 77, 40, 40, 1, 40, 40);
    VaeSizes vae = new VaeSizes(List.of(32L), 1, 4);
    return new SdxlLayout(
        MID,
        text,
        pooled,
        vae,
        UNetPlan.of(MID, Timesteps.HALF_WIDTH),
        TextPlan.first(text),
        TextPlan.second(pooled, PooledProjection.STANDARD),
        VaePlan.encoder(vae),
        VaePlan.decoder(vae));
  }

  private static NDArray weight(NDManager owner, String key, long[] shape) {
    return owner.create(FormulaWeights.values(key, shape), new Shape(shape));
  }

  /** Made by libtorch: a Java array would come with a buffer that lives until it is collected. */
  private static NDArray data(MemoryScope scope, long... shape) {
    return scope.manager().randomNormal(new Shape(shape));
  }

  private static long kilobytes(String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
