package io.kohaku.sdxl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.Kernel;
import io.kohaku.sdxl.layout.ModuleRegistry;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.sdxl.tape.KernelOptions;
import io.kohaku.sdxl.tape.LayerKernels;
import io.kohaku.sdxl.tape.Segment;
import io.kohaku.sdxl.tape.Segments;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.sdxl.tape.WeightReader;
import io.kohaku.sdxl.tape.WeightSource;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.util.List;
import java.util.Map;

/**
 * The networks that are trained through: both text encoders and the U-Net, frozen, with room for
 * adapters.
 *
 * <pre>{@code
 * Autograd.enterThread();
 * try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(file, Optional.empty(), options);
 *     Sdxl sdxl = Sdxl.open(checkpoint, device, layers)) {
 *   sdxl.attach(Network.UNET, path, Map.of("lokr_w1", w1, "lokr_w2", w2), Map.of("scale", 1.0));
 *   try (MemoryScope scope = MemoryScope.open(sdxl.manager())) {      // one micro-batch
 *     Tape tape = Tape.checkpointed(scope.manager());
 *     Sdxl.Conditioning conditioning =
 *         sdxl.condition(tape, tape.input(ids1), tape.input(ids2), tape.input(sizes));
 *     Value epsilon =
 *         sdxl.predict(tape, tape.input(noisyLatents), tape.input(timesteps), conditioning);
 *     tape.backward(epsilon, gradientOfTheLoss);
 *   }
 * }
 * }</pre>
 *
 * <p>Text encoders that are not trained can run once on an inference tape, their values entering
 * another tape by {@link Tape#input}. Several threads may run tapes at once, each its own.
 */
public final class Sdxl implements AutoCloseable {
  private final NDManager manager;
  private final UNet unet;
  private final TextEncoder first;
  private final TextEncoder second;
  private final Segment joinContext;
  private final Segment joinVector;
  private final ModuleRegistry modules;
  private final Closer opened;

  private Sdxl(
      WeightSource source, NDManager manager, List<KernelSource> layers, KernelOptions options) {
    this.manager = manager;
    try (Closer opening = new Closer()) {
      opening.add(manager);
      SdxlLayout layout = source.layout();
      TorchScript kernels = LayerKernels.load(manager, layers, options);
      WeightReader reader = options.laid(source.reader(source.options().dtype()), kernels);
      this.first =
          opening.add(new TextEncoder(Network.TE1, layout.first(), kernels, manager, reader));
      this.second =
          opening.add(new TextEncoder(Network.TE2, layout.second(), kernels, manager, reader));
      this.unet = opening.add(new UNet(layout, kernels, manager, reader));
      this.joinContext = opening.add(Segment.bare(Kernel.JOIN_CONTEXT, kernels));
      this.joinVector = opening.add(Segment.bare(Kernel.CONDITIONING_VECTOR, kernels));
      this.modules = layout.modules();
      this.opened = opening.release();
    }
  }

  /**
   * Loads the networks onto {@code device}.
   *
   * @param layers kernel texts with {@code linear} and {@code conv}: {@link LayerKernels#PLAIN}, or
   *     an adapter's
   */
  public static Sdxl open(WeightSource source, Device device, List<KernelSource> layers) {
    return open(source, device, layers, KernelOptions.PLAIN);
  }

  /** The same with kernels that compute as {@code options} say. */
  public static Sdxl open(
      WeightSource source, Device device, List<KernelSource> layers, KernelOptions options) {
    return new Sdxl(source, Natives.manager(device), layers, options);
  }

  /**
   * What the U-Net is told besides the latents.
   *
   * @param context {@code [batch, 75 rows + 2, 2048]}
   * @param vector {@code [batch, 2816]}
   */
  public record Conditioning(Value context, Value vector) {}

  /** The manager of the weights: the parent for the caller's scopes on this device. */
  public NDManager manager() {
    return manager;
  }

  /** The U-Net. */
  UNet unet() {
    return unet;
  }

  /** CLIP-L. */
  public TextEncoder first() {
    return first;
  }

  /** OpenCLIP bigG. */
  public TextEncoder second() {
    return second;
  }

  /** Every layer that an adapter may be put on. */
  public ModuleRegistry modules() {
    return modules;
  }

  /**
   * Encodes texts and sizes.
   *
   * @param firstIds token rows of the first encoder {@code [batch, rows, 77]}, int64
   * @param secondIds token rows of the second encoder
   * @param sizes {@code [batch, 6]}: original height and width, crop top and left, target height
   *     and width
   */
  public Conditioning condition(Tape tape, Value firstIds, Value secondIds, Value sizes) {
    TextEncoder.Output one = first.forward(tape, firstIds);
    TextEncoder.Output two = second.forward(tape, secondIds);
    return join(tape, one.hidden(), two.hidden(), two.pooled().orElseThrow(), sizes);
  }

  /**
   * Puts together what the encoders said, for a caller that changes it on the way.
   *
   * @param firstHidden hidden states of the first encoder {@code [batch, tokens, 768]}
   * @param secondHidden hidden states of the second encoder {@code [batch, tokens, 1280]}
   * @param pooled {@code [batch, 1280]}
   * @param sizes {@code [batch, 6]}
   */
  public Conditioning join(
      Tape tape, Value firstHidden, Value secondHidden, Value pooled, Value sizes) {
    Value context = tape.call(joinContext, firstHidden, secondHidden);
    Value vector = tape.call(joinVector, pooled, sizes);
    return new Conditioning(context, vector);
  }

  /** The predicted noise, see {@link UNet#forward}. */
  public Value predict(Tape tape, Value latents, Value timesteps, Conditioning conditioning) {
    return unet.forward(tape, latents, timesteps, conditioning.context(), conditioning.vector());
  }

  /**
   * Puts an adapter on a layer: its tensors appear in the kernels' {@code p} and its numbers in
   * {@code c} under the layer's name and a dot. Put again, they replace those before.
   *
   * <p>The tensors stay the caller's. Those that require a gradient collect it in every {@link
   * Tape#backward}.
   */
  public void attach(
      Network network, String path, Map<String, NDArray> tensors, Map<String, Double> numbers) {
    segments(network).attach(path, tensors, numbers);
  }

  /** The frozen weight of the layer {@code path}, in the compute dtype; stays these networks'. */
  public NDArray weight(Network network, String path) {
    return segments(network).weight(path);
  }

  /** The frozen bias of the layer or norm {@code path}, likewise. */
  public NDArray bias(Network network, String path) {
    return segments(network).bias(path);
  }

  private Segments segments(Network network) {
    return switch (network) {
      case UNET -> unet.segments();
      case TE1 -> first.segments();
      case TE2 -> second.segments();
      default ->
          throw new IllegalArgumentException(
              "Unknown network: %s (one of UNET, TE1, TE2)".formatted(network));
    };
  }

  @Override
  public void close() {
    opened.close();
  }
}
