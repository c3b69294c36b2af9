package io.kohaku.sdxl;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.Kernel;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.sdxl.tape.Segment;
import io.kohaku.sdxl.tape.Segments;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.sdxl.tape.WeightReader;
import io.kohaku.tensor.script.TorchScript;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** SDXL's U-Net: predicts the noise in latents at a timestep, given a text and sizes. */
final class UNet implements AutoCloseable {
  private final Segments segments;
  private final Segment time;
  private final Segment label;
  private final Segment add;
  private final Segment head;
  private final List<List<Segment>> encoder = new ArrayList<>();
  private final List<Segment> middle = new ArrayList<>();
  private final List<List<Segment>> decoder = new ArrayList<>();

  UNet(SdxlLayout layout, TorchScript kernels, NDManager owner, WeightReader reader) {
    try (Closer opening = new Closer()) {
      this.segments =
          opening.add(new Segments(Network.UNET, layout.unet(), kernels, owner, reader));
      this.time = segments.the(Kernel.TIME_EMBEDDING);
      this.label = segments.the(Kernel.LABEL_EMBEDDING);
      this.head = segments.the(Kernel.UNET_HEAD);
      this.add = opening.add(Segment.bare(Kernel.ADD_EMBEDDINGS, kernels));
      place(segments.all());
      opening.release();
    }
  }

  private void place(List<Segment> all) {
    for (Segment segment : all) {
      String[] path = segment.path().split("\\.");
      switch (path[0]) {
        case "input_blocks" -> block(encoder, Integer.parseInt(path[1])).add(segment);
        case "middle_block" -> middle.add(segment);
        case "output_blocks" -> block(decoder, Integer.parseInt(path[1])).add(segment);
        default -> {} // the embeddings and the head, held above
      }
    }
  }

  /**
   * The predicted noise.
   *
   * @param latents {@code [batch, 4, height / 8, width / 8]}, float32
   * @param timesteps {@code [batch]}, whole or float
   * @param context {@code [batch, tokens, 2048]}: the text, token by token
   * @param vector {@code [batch, 2816]}: pooled text and size embedding
   * @return epsilon, float32, of the latents' shape
   */
  Value forward(Tape tape, Value latents, Value timesteps, Value context, Value vector) {
    requireDivisible(latents.array().getShape());
    Value embedding = tape.call(add, tape.call(time, timesteps), tape.call(label, vector));
    Conditions conditions = new Conditions(tape, embedding, context);
    Deque<Value> skips = new ArrayDeque<>();
    Value image = latents;
    for (List<Segment> block : encoder) {
      image = conditions.run(block, image, null);
      skips.push(image);
    }
    image = conditions.run(middle, image, null);
    for (List<Segment> block : decoder) {
      Value skip = skips.pop();
      Value next = conditions.run(block, image, skip);
      tape.drop(image);
      tape.drop(skip);
      image = next;
    }
    Value epsilon = tape.call(head, image);
    tape.drop(image);
    return epsilon;
  }

  Segments segments() {
    return segments;
  }

  private static List<Segment> block(List<List<Segment>> blocks, int index) {
    while (blocks.size() <= index) {
      blocks.add(new ArrayList<>());
    }
    return blocks.get(index);
  }

  /** Two halvings on the way down must come out even. */
  private static void requireDivisible(Shape latents) {
    if (latents.dimension() != 4 || latents.get(2) % 4 != 0 || latents.get(3) % 4 != 0) {
      throw new IllegalArgumentException(
          "Invalid latents: %s ([batch, channels, height, width], height and width multiples of 4:"
                  .formatted(latents)
              + " pictures of multiples of 32 pixels)");
    }
  }

  /** What every block reads besides the image. */
  record Conditions(Tape tape, Value embedding, Value context) {
    /** Runs one block; what enters it is not dropped, what arises inside is. */
    Value run(List<Segment> block, Value entry, Value skip) {
      Value current = entry;
      Value image = entry;
      for (Segment segment : block) {
        Value next =
            switch (segment.kernel()) {
              case RESIDUAL -> tape.call(segment, current, embedding);
              case JOINED_RESIDUAL -> tape.call(segment, current, skip, embedding);
              case TRANSFORMER_BLOCK -> tape.call(segment, current, context);
              case TRANSFORMER_OUT -> tape.call(segment, current, image);
              default -> tape.call(segment, current);
            };
        if (segment.kernel() == Kernel.TRANSFORMER_IN) {
          image = current;
        } else if (current != entry) {
          tape.drop(current);
        }
        if (segment.kernel() == Kernel.TRANSFORMER_OUT && image != entry) {
          tape.drop(image);
        }
        current = next;
      }
      return current;
    }
  }

  @Override
  public void close() {
    Closer.close(List.of(segments, add));
  }
}
