package io.kohaku.sdxl;

import io.kohaku.demo.model.FormulaWeights;
import io.kohaku.sdxl.layout.SegmentPlan;
import io.kohaku.sdxl.layout.TextPlan;
import io.kohaku.sdxl.layout.TextSizes;
import io.kohaku.sdxl.layout.Timesteps;
import io.kohaku.sdxl.layout.UNetPlan;
import io.kohaku.sdxl.layout.UNetSizes;
import io.kohaku.sdxl.layout.VaePlan;
import io.kohaku.sdxl.layout.VaeSizes;
import io.kohaku.settings.ModelSettings.PooledProjection;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A checkpoint of half of SDXL's widths and a quarter of its depth: large enough that a step's time
 * is that of its products, small enough for two cores.
 */
public final class MidSdxl {
  /** Channels of one attention head, in all three networks. */
  public static final int HEAD_WIDTH = 40;

  private static final UNetSizes UNET =
      new UNetSizes(4, 4, 160, 1040, 2176, List.of(0, 1, 3), HEAD_WIDTH);
  private static final VaeSizes VAE = new VaeSizes(List.of(32L, 32L, 32L, 32L), 1, 4);

  private MidSdxl() {}

  /**
   * Writes the checkpoint.
   *
   * @param vocabulary number of token ids
   * @return parameters of the U-Net
   */
  public static long write(Path file, long vocabulary) throws IOException {
    TextSizes first = new TextSizes(vocabulary, 77, 400, 1600, 2, HEAD_WIDTH, 0);
    TextSizes second = new TextSizes(vocabulary, 77, 640, 2560, 4, HEAD_WIDTH, 640);
    List<SegmentPlan> unet = UNetPlan.of(UNET, Timesteps.HALF_WIDTH);
    Map<String, long[]> shapes = new LinkedHashMap<>();
    Stream.of(
            unet,
            TextPlan.first(first),
            TextPlan.second(second, PooledProjection.STANDARD),
            VaePlan.encoder(VAE),
            VaePlan.decoder(VAE))
        .flatMap(List::stream)
        .flatMap(segment -> segment.weights().stream())
        .forEach(weight -> shapes.put(weight.key(), weight.keyShape()));
    List<TensorSource> tensors =
        shapes.entrySet().stream().map(entry -> source(entry.getKey(), entry.getValue())).toList();
    SafeTensorsWriter.write(file, Map.of(), tensors);
    return unet.stream()
        .flatMap(segment -> segment.weights().stream())
        .mapToLong(weight -> elements(weight.keyShape()))
        .sum();
  }

  private static TensorSource source(String key, long[] shape) {
    return new TensorSource(
        key,
        Dtype.F32,
        shape,
        out -> {
          float[] values = FormulaWeights.values(key, shape);
          ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(values);
          out.write(bytes);
        });
  }

  private static long elements(long[] shape) {
    long elements = 1;
    for (long size : shape) {
      elements *= size;
    }
    return elements;
  }
}
