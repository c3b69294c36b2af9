package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.lokr.preset.LayerSelection;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.sdxl.RealSdxl;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.settings.LokrSettings;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** {@code conf/delta.conf} on SDXL at its real size: what LyCORIS makes by the card's script. */
final class DeltaPresetTest {
  private static final List<AdaptableLayer> SDXL =
      SdxlLayout.of("sdxl", RealSdxl.shapes(), ModelOptions.DEFAULT, 64).modules().modules();
  private static final LokrSettings DELTA = Recipes.delta().lokr();

  private final List<AdaptedModule> modules = selected(DELTA.preset());

  private static List<AdaptedModule> selected(String preset) {
    return LayerSelection.select(PresetFile.load(preset), NetworkOptions.of(DELTA), SDXL);
  }

  @Test
  void modulesAreThoseOfLycorisInItsOrderWithItsShapes() {
    assertThat(modules.stream().map(CardModule::of).toList())
        .hasSize(1058 + 256)
        .containsExactlyElementsOf(CardModule.all());
  }

  @Test
  void withoutNormsTheLayersAreTheSame() {
    LokrSettings without = Recipes.delta("lokr.train-norm=false").lokr();
    assertThat(
            LayerSelection.select(
                PresetFile.load(without.preset()), NetworkOptions.of(without), SDXL))
        .isEqualTo(List.<AdaptedModule>copyOf(AdaptedModule.layers(modules)));
  }

  /** Both blocks are full by the dimension alone: alpha is that dimension and the scale 1. */
  @Test
  void theDimensionMakesFullMatrices() {
    assertThat(DELTA.fullMatrix()).isFalse();
    assertThat(AdaptedModule.layers(modules))
        .allSatisfy(
            layer -> {
              assertThat(layer.shape().large()).isEqualTo(LokrShape.Block.FULL);
              assertThat(layer.shape().small()).isEqualTo(LokrShape.Block.FULL);
              assertThat(layer.shape().alpha()).isEqualTo(10000);
              assertThat(layer.shape().scale()).isEqualTo(1);
            });
  }

  @Test
  void takesTheRoomOfTheCardInHalfPrecision() throws IOException {
    // Large blocks 768,049,728, small blocks 64,672, alphas 2,116, norms 1,176,320; and a header.
    assertThat(2 * CardModule.numbers(CardModule.all())).isEqualTo(769_292_836L);
    assertThat(fileBytes(modules)).isBetween(769_292_836L, 769_900_000L);
  }

  /** Length of a file of zeros with these tensors. */
  private static long fileBytes(List<AdaptedModule> modules) throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    for (AdaptedModule module : modules) {
      CardModule.of(module)
          .tensors()
          .forEach(
              (suffix, shape) ->
                  tensors.add(
                      zeros(
                          module.name() + "." + suffix,
                          shape.stream().mapToLong(Long::longValue).toArray())));
    }
    LengthOnly length = new LengthOnly();
    SafeTensorsWriter.write(length, Map.of(), tensors);
    return length.bytes;
  }

  private static TensorSource zeros(String name, long[] shape) {
    int bytes = Math.toIntExact(2 * LongStream.of(shape).reduce(1, Math::multiplyExact));
    return new TensorSource(name, Dtype.F16, shape, out -> out.write(ByteBuffer.allocate(bytes)));
  }

  private static final class LengthOnly implements WritableByteChannel {
    private long bytes;

    @Override
    public int write(ByteBuffer source) {
      int count = source.remaining();
      bytes += count;
      source.position(source.limit());
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
