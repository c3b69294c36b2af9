package io.kohaku.train.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.kohaku.cluster.ring.AllReduce;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.script.Autograd;
import io.kohaku.tensor.script.KernelSource;
import io.kohaku.tensor.script.TorchScript;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The gradients of one update of all parameters, side by side in one float32 buffer.
 *
 * <p>An update goes: {@link #collect}, {@link #sum} over the ranks, {@link #scale} by the inverse
 * loss scale, {@link #clip}, then {@link Optimizer#step}.
 *
 * <p>The buffer may be summed in pieces, those that a walk back has {@linkplain #finish finished}
 * while it goes on. The sums of two ranks are then the same to the last bit. Of three and more, and
 * with halves on the wire, the last bits are others: a value's place in what is summed decides at
 * which rank its sum begins and with which values it shares a scale. All ranks still have the same.
 *
 * <p>Of float16 parameters the sum and the results of {@link #scale} and {@link #clip} are rounded
 * to float16, as a buffer of that type would hold them: small ones vanish, large ones overflow.
 */
public final class Gradients implements AutoCloseable {
  private static final double NORM_EPSILON = 1e-6;

  private final NDManager manager;
  private final TorchScript kernels;
  private final NDList leaves = new NDList();
  private final Dtype type;
  private final NDArray flat;
  private final NDArray host;
  private final NDList parts;
  private final Map<String, Integer> index = new HashMap<>();
  private final int[] starts;
  private final boolean[] reached;
  private final Pieces pieces;

  /** A buffer for the parameters of all {@code groups}, on the device of {@code parent}. */
  public Gradients(NDManager parent, List<RateGroup> groups) {
    this(parent, groups, 1);
  }

  /** The same, to be summed in at most so many pieces. */
  Gradients(NDManager parent, List<RateGroup> groups, int pieces) {
    this.manager = parent.newSubManager();
    this.kernels =
        TorchScript.load(manager, KernelSource.resource(Gradients.class, "gradients.torch"));
    for (RateGroup group : groups) {
      for (Parameter parameter : group.parameters()) {
        if (index.put(parameter.name(), leaves.size()) != null) {
          throw new IllegalArgumentException(
              "Invalid parameter: %s (given twice)".formatted(parameter.name()));
        }
        leaves.add(parameter.tensor());
      }
    }
    long count = leaves.stream().mapToLong(leaf -> leaf.getShape().size()).sum();
    if (count * Float.BYTES > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Invalid parameters: %s elements (at most %s fit the gradient buffer; train fewer layers)"
              .formatted(count, Integer.MAX_VALUE / Float.BYTES));
    }
    this.type = typeOf(leaves);
    boolean gpu = manager.getDevice().isGpu();
    this.host = kernels.tensor(manager, "host_buffer", count, gpu);
    this.flat = gpu ? host.toDevice(manager.getDevice(), true) : host;
    this.parts = kernels.tensors(manager, "parts_of", flat, leaves);
    this.reached = new boolean[leaves.size()];
    this.pieces = new Pieces(leaves, pieces);
    this.starts = new int[leaves.size() + 1];
    for (int i = 0; i < leaves.size(); i++) {
      starts[i + 1] = starts[i] + (int) leaves.get(i).getShape().size();
    }
  }

  /** What the parameters, and so their gradients, are kept in. */
  private static Dtype typeOf(NDList leaves) {
    return leaves.stream().anyMatch(leaf -> leaf.getDataType() == DataType.FLOAT16)
        ? Dtype.F16
        : Dtype.F32;
  }

  /**
   * Hears, in the last micro-batch of an update, of leaves that nothing more is added to; the
   * pieces that are finished are collected and their sums begun. What is whole waits for {@link
   * #sum}. Who breaks off between the two closes {@code ranks} before this.
   */
  void finish(List<NDArray> finished, AllReduce ranks) {
    if (ranks.rank().count() == 1 || pieces.count() == 1) {
      return;
    }
    pieces.finish(finished);
    while (pieces.isReady()) {
      Pieces.Piece piece = pieces.next();
      collect(piece.from(), piece.to());
      ranks.begin(onHost(piece));
    }
  }

  /**
   * Moves what the leaves have collected into the buffer and sets their gradients to zero; parts of
   * unreached leaves become zero.
   */
  public void collect() {
    collect(0, pieces.remaining());
  }

  private void collect(int begin, int end) {
    boolean[] flags = Autograd.reached(leaves.subNDList(begin, end));
    System.arraycopy(flags, 0, reached, begin, flags.length);
    NDList from = new NDList();
    NDList to = new NDList();
    NDList rest = new NDList();
    for (int i = begin; i < end; i++) {
      if (reached[i]) {
        from.add(leaves.get(i));
        to.add(parts.get(i));
      } else {
        rest.add(parts.get(i));
      }
    }
    kernels.run("collect", from, to, rest);
  }

  /** Sums the buffer over all ranks; a parameter counts as reached if any rank has reached it. */
  void sum(AllReduce ranks) throws IOException {
    if (ranks.rank().count() == 1) {
      return;
    }
    while (pieces.hasNext()) {
      ranks.sum(onHost(pieces.next()));
    }
    pieces.restart();
    shareReached(ranks);
    if (host != flat) {
      kernels.run("copy", flat, host, 0, starts[leaves.size()]);
    }
  }

  /** The values of a piece, where the network takes them from. */
  private ByteBuffer onHost(Pieces.Piece piece) {
    int start = starts[piece.from()];
    int count = starts[piece.to()] - start;
    if (host != flat) {
      kernels.run("copy", host, flat, start, count);
    }
    ByteBuffer floats = host.toByteBuffer(true);
    return floats.slice(start * Float.BYTES, count * Float.BYTES).order(ByteOrder.nativeOrder());
  }

  /** A rank without micro-batches in the run's first update would know of no gradient. */
  private void shareReached(AllReduce ranks) throws IOException {
    ByteBuffer flags =
        ByteBuffer.allocateDirect(reached.length * Float.BYTES).order(ByteOrder.nativeOrder());
    for (int i = 0; i < reached.length; i++) {
      flags.putFloat(i * Float.BYTES, reached[i] ? 1 : 0);
    }
    ranks.sum(flags);
    for (int i = 0; i < reached.length; i++) {
      reached[i] = flags.getFloat(i * Float.BYTES) > 0;
    }
  }

  /** Multiplies all by {@code factor}; returns the global L2 norm, not finite if one is not. */
  double scale(double factor) {
    return kernels.number("scale_and_norm", flat, parts, factor, type);
  }

  /** Shrinks all by max/(norm + 1e-6) where {@code norm} is larger than {@code max}. */
  void clip(double norm, double max) {
    double factor =
        type == Dtype.F16
            ? kernels.number("half_clip_factor", norm, max, NORM_EPSILON)
            : max / (norm + NORM_EPSILON);
    if (factor < 1) {
      kernels.run("scale", flat, parts, factor, type);
    }
  }

  /** The gradient of a parameter; none if the loss has never reached it. */
  Optional<NDArray> of(Parameter parameter) {
    Integer place = index.get(parameter.name());
    if (place == null) {
      throw new IllegalArgumentException("Unknown parameter: " + parameter.name());
    }
    return reached[place] ? Optional.of(parts.get(place)) : Optional.empty();
  }

  @Override
  public void close() {
    manager.close();
  }
}
