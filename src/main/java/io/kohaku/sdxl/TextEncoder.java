package io.kohaku.sdxl;

import ai.djl.ndarray.NDManager;
import io.kohaku.ownership.Closer;
import io.kohaku.sdxl.layout.Kernel;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.sdxl.layout.SegmentPlan;
import io.kohaku.sdxl.tape.Segment;
import io.kohaku.sdxl.tape.Segments;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import io.kohaku.sdxl.tape.WeightReader;
import io.kohaku.tensor.script.TorchScript;
import java.util.List;
import java.util.Optional;

/**
 * A CLIP text tower: CLIP-L or OpenCLIP bigG.
 *
 * <p>Each row of 77 tokens runs by itself; the residual stream after the last layer but one,
 * without final norm, is what the U-Net reads. The last layer serves the pooled output only, so
 * CLIP-L's is never run.
 */
public final class TextEncoder implements AutoCloseable {
  private final Segments segments;
  private final Segment embedding;
  private final Segment rejoin;
  private final Segment firstRows;
  private final List<Segment> layers;
  private final Optional<Segment> pool;

  TextEncoder(
      Network network,
      List<SegmentPlan> plans,
      TorchScript kernels,
      NDManager owner,
      WeightReader reader) {
    try (Closer opening = new Closer()) {
      this.segments = opening.add(new Segments(network, plans, kernels, owner, reader));
      this.embedding = segments.the(Kernel.TEXT_EMBEDDING);
      this.layers = segments.all().stream().filter(s -> s.kernel() == Kernel.TEXT_LAYER).toList();
      this.pool =
          network == Network.TE2 ? Optional.of(segments.the(Kernel.TEXT_POOL)) : Optional.empty();
      this.rejoin = opening.add(Segment.bare(Kernel.REJOIN_ROWS, kernels));
      this.firstRows = opening.add(Segment.bare(Kernel.FIRST_ROWS, kernels));
      opening.release();
    }
  }

  /**
   * What a text encoder says.
   *
   * @param hidden {@code [batch, 75 rows + 2, width]}: the rows of each text re-joined
   * @param pooled {@code [batch, width]}: the first row's end, projected; bigG only
   */
  public record Output(Value hidden, Optional<Value> pooled) {}

  /**
   * Encodes token rows.
   *
   * @param ids {@code [batch, rows, 77]}, int64
   */
  public Output forward(Tape tape, Value ids) {
    Value current = tape.call(embedding, ids);
    for (Segment layer : layers.subList(0, layers.size() - 1)) {
      Value next = tape.call(layer, current);
      tape.drop(current);
      current = next;
    }
    Value hidden = tape.call(rejoin, current, ids);
    Optional<Value> pooled = Optional.empty();
    if (pool.isPresent()) {
      Value rows = tape.call(firstRows, current, ids);
      Value last = tape.call(layers.get(layers.size() - 1), rows);
      tape.drop(rows);
      pooled = Optional.of(tape.call(pool.get(), last, ids));
      tape.drop(last);
    }
    tape.drop(current);
    return new Output(hidden, pooled);
  }

  Segments segments() {
    return segments;
  }

  @Override
  public void close() {
    Closer.close(List.of(segments, rejoin, firstRows));
  }
}
