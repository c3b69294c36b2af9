package io.kohaku.sample;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.layout.VaeSizes;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.tensor.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Latents to pixels, in overlapping tiles where the picture is large.
 *
 * <p>Tiles are laid over each other with weights that rise and fall linearly over the overlap. The
 * autoencoder norms over all it sees, so a tiled picture is a little different from a whole one.
 *
 * @param tile side of a tile in latents; pictures with a longer side are tiled
 * @param overlap latents that neighbouring tiles share
 */
record LatentDecoder(Vae vae, int tile, int overlap) {
  LatentDecoder {
    if (overlap < 1 || tile <= 2 * overlap) {
      throw new IllegalArgumentException(
          "Invalid tile: %s latents, %s of overlap (must be above twice the overlap)"
              .formatted(tile, overlap));
    }
  }

  /**
   * The picture of {@code latents}.
   *
   * @param latents {@code [1, 4, h, w]} as the U-Net knows them, scaled by {@link Vae#SCALE}
   * @return {@code [1, 3, 8 h, 8 w]}, about -1 to 1
   */
  NDArray decode(NDManager scope, NDArray latents) {
    return decode(scope, latents, Tape::inference);
  }

  /** The same on tapes of this kind. */
  NDArray decode(NDManager scope, NDArray latents, Function<NDManager, Tape> tapes) {
    NDArray unscaled = SampleKernels.call(scope, "unscaled", latents, Vae.SCALE);
    Shape shape = unscaled.getShape();
    if (shape.get(2) <= tile && shape.get(3) <= tile) {
      return vae.decode(tapes.apply(scope), unscaled);
    }
    return tiled(scope, unscaled, tapes);
  }

  private NDArray tiled(NDManager scope, NDArray latents, Function<NDManager, Tape> tapes) {
    int height = Math.toIntExact(latents.getShape().get(2));
    int width = Math.toIntExact(latents.getShape().get(3));
    Device device = latents.getDevice();
    NDArray canvas =
        SampleKernels.call(
            scope, "blank", height * VaeSizes.REDUCTION, width * VaeSizes.REDUCTION, device);
    for (Span rows : Span.cover(height, tile, overlap)) {
      for (Span columns : Span.cover(width, tile, overlap)) {
        try (MemoryScope own = MemoryScope.open(scope)) {
          NDManager inner = own.manager();
          NDArray part =
              SampleKernels.call(
                  inner,
                  "part",
                  latents,
                  rows.start(),
                  columns.start(),
                  rows.length(),
                  columns.length());
          SampleKernels.call(
              inner,
              "add_tile",
              canvas,
              vae.decode(tapes.apply(inner), part),
              rows.ramp(inner, device),
              columns.ramp(inner, device),
              rows.start() * VaeSizes.REDUCTION,
              columns.start() * VaeSizes.REDUCTION);
        }
      }
    }
    return SampleKernels.call(scope, "finished", canvas);
  }

  /**
   * The part of a side that one tile covers, in latents.
   *
   * @param before how much of it the tile before covers too
   * @param after how much of it the next tile covers too
   */
  record Span(int start, int length, int before, int after) {
    /** Tiles of equal length with at least {@code overlap} in common. */
    static List<Span> cover(int side, int tile, int overlap) {
      if (side <= tile) {
        return List.of(new Span(0, side, 0, 0));
      }
      int count = (side - overlap + tile - overlap - 1) / (tile - overlap);
      int[] starts = new int[count];
      for (int i = 0; i < count; i++) {
        starts[i] = (int) Math.round((double) (side - tile) * i / (count - 1));
      }
      List<Span> spans = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int before = i == 0 ? 0 : starts[i - 1] + tile - starts[i];
        int after = i == count - 1 ? 0 : starts[i] + tile - starts[i + 1];
        spans.add(new Span(starts[i], tile, before, after));
      }
      return spans;
    }

    private NDArray ramp(NDManager scope, Device device) {
      return SampleKernels.call(
          scope,
          "ramp",
          length * VaeSizes.REDUCTION,
          before * VaeSizes.REDUCTION,
          after * VaeSizes.REDUCTION,
          device);
    }
  }
}
