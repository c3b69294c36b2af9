package io.kohaku.lokr.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.kohaku.input.UnusableFileException;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.Network;
import io.kohaku.tensor.CpuTensors;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.weights.TestFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of stored layers: their formats, and alphas in tensors, beside the file, or nowhere. */
final class StoredNumbersTest {
  private static final String NAME = "lora_unet_middle_block_1_proj_in";
  private static final String DOTTED = "base_model.model.mid_block.attentions.0.proj_in";
  private static final List<AdaptableLayer> MODULES =
      List.of(
          new AdaptableLayer(Network.UNET, "middle_block.1.proj_in", List.of(), List.of(2L, 2L)));

  @TempDir Path folder;
  @RegisterExtension final CpuTensors cpu = new CpuTensors();

  private static TestFile lora(String layer, String up, String down) {
    return new TestFile()
        .put(layer + up, Dtype.F32, new long[] {2, 1}, 1, 2)
        .put(layer + down, Dtype.F32, new long[] {1, 2}, 3, 4);
  }

  private static TestFile peft() {
    return lora(DOTTED, ".lora_B.weight", ".lora_A.weight");
  }

  /** What a file makes of a weight of zeros, or of ones, at strength 1. */
  private float[] changed(Path file, boolean ones) {
    try (LokrFile read = LokrFile.open(file)) {
      NDArray weight =
          ones ? cpu.manager().ones(new Shape(2, 2)) : cpu.manager().zeros(new Shape(2, 2));
      return read.updates(MODULES, 1).get(0).apply(cpu.manager(), weight, weight).toFloatArray();
    }
  }

  @ParameterizedTest
  @CsvSource({"F8_E4M3, 38, 40, 44, 48", "F8_E5M2, 3c, 40, 42, 44"})
  void numbersOfEightBitsAreRead(Dtype dtype, String one, String two, String three, String four)
      throws IOException {
    List<TensorSource> tensors =
        List.of(
            TensorSource.of(NAME + ".lora_up.weight", dtype, new long[] {2, 1}, bytes(one, two)),
            TensorSource.of(
                NAME + ".lora_down.weight", dtype, new long[] {1, 2}, bytes(three, four)),
            TensorSource.of(NAME + ".alpha", dtype, new long[0], bytes(two)));
    Path file = folder.resolve("x.safetensors");
    SafeTensorsWriter.write(file, Map.of(), tensors);
    assertThat(changed(file, false)).containsExactly(6, 8, 12, 16);
  }

  private static byte[] bytes(String... hex) {
    ByteBuffer bytes = ByteBuffer.allocate(hex.length);
    for (String octet : hex) {
      bytes.put((byte) Integer.parseInt(octet, 16));
    }
    return bytes.array();
  }

  @Test
  void numbersOfSixtyFourBitsAreRead() throws IOException {
    List<TensorSource> tensors = new ArrayList<>();
    ByteBuffer diff = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    List.of(0.1, 0.2, 0.3, 0.4).forEach(diff::putDouble);
    tensors.add(TensorSource.of(NAME + ".diff", Dtype.F64, new long[] {2, 2}, diff.array()));
    Path file = folder.resolve("x.safetensors");
    SafeTensorsWriter.write(file, Map.of(), tensors);
    assertThat(changed(file, false)).containsExactly(0.1f, 0.2f, 0.3f, 0.4f);
  }

  @Test
  void withoutAnAlphaItIsTheRank() throws IOException {
    assertThat(changed(peft().write(folder.resolve("x.safetensors")), false))
        .containsExactly(3, 4, 6, 8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"lora_alpha\": 16, \"r\": 1} | 16",
        "{\"lora_alpha\": 3, \"alpha_pattern\": {\"attentions.0.proj_in\": 5}} | 5",
        "{\"lora_alpha\": 3, \"alpha_pattern\": {\"attentions.1.proj_in\": 5}} | 3",
        "{\"lora_alpha\": 2, \"use_rslora\": true} | 2",
        "{\"alpha\": 7} | 7",
        "{} | 1"
      })
  void thatOfPeftLiesBesideTheFile(String config, float alpha) throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), config);
    assertThat(changed(peft().write(folder.resolve("x.safetensors")), false))
        .containsExactly(3 * alpha, 4 * alpha, 6 * alpha, 8 * alpha);
  }

  @Test
  void thatOfDiffusersIsInTheHeader() throws IOException {
    Path file =
        lora("unet.mid_block.attentions.0.proj_in", ".lora_B.weight", ".lora_A.weight")
            .metadata("lora_adapter_metadata", "{\"unet.lora_alpha\": 4, \"unet.r\": 1}")
            .write(folder.resolve("x.safetensors"));
    assertThat(changed(file, false)).containsExactly(12, 16, 24, 32);
    Files.writeString(folder.resolve("adapter_config.json"), "no JSON");
    Path other = peft().write(folder.resolve("y.safetensors"));
    assertThatThrownBy(() -> LokrFile.open(other))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageEndingWith("adapter_config.json: it must be JSON");
  }

  @ParameterizedTest
  @CsvSource({"lora_magnitude_vector", "lora_magnitude_vector.default.weight", "dora_scale"})
  void magnitudesInOneRowAreThoseOfOutputs(String suffix) throws IOException {
    Path file =
        peft()
            .put(DOTTED + "." + suffix, Dtype.F32, new long[] {2}, 10, 20)
            .write(folder.resolve("x.safetensors"));
    double first = Math.hypot(4, 5);
    double second = Math.hypot(7, 9);
    float[] found = changed(file, true);
    double[] expected = {40 / first, 50 / first, 140 / second, 180 / second};
    for (int i = 0; i < expected.length; i++) {
      // Three float32 roundings of numbers below 16.
      assertThat((double) found[i]).isCloseTo(expected[i], within(5e-6));
    }
  }

  @Test
  void aLayerOfTwoKindsOrUnderTwoNamesIsNamed() throws IOException {
    Path both =
        lora(NAME, ".lora_up.weight", ".lora_down.weight")
            .put(NAME + ".diff", Dtype.F32, new long[] {2, 2}, new float[4])
            .write(folder.resolve("both.safetensors"));
    assertThatThrownBy(() -> LokrFile.open(both))
        .hasMessageEndingWith("Invalid layer %s: it is of LoRA and full at once", NAME);
    Path twice =
        lora(NAME, ".lora_up.weight", ".lora_down.weight")
            .put(DOTTED + ".lora_B.weight", Dtype.F32, new long[] {2, 1}, 1, 2)
            .write(folder.resolve("twice.safetensors"));
    assertThatThrownBy(() -> LokrFile.open(twice))
        .hasMessageEndingWith(
            "Invalid tensor %s.lora_up.weight: %s.lora_B.weight is the same (one name each)",
            NAME, DOTTED);
  }

  @Test
  void anAdapterOfZerosAloneIsRefusedAndANormIsAChange() throws IOException {
    TestFile file =
        new TestFile()
            .put(NAME + ".lora_up.weight", Dtype.F32, new long[] {2, 1}, 0, -0f)
            .put(NAME + ".lora_down.weight", Dtype.F32, new long[] {1, 2}, 3, 4)
            .put("lora_unet_out_0.w_norm", Dtype.F32, new long[] {2}, 0, 0);
    try (LokrFile read = LokrFile.open(file.write(folder.resolve("zero.safetensors")))) {
      assertThatThrownBy(read::requireChange)
          .isInstanceOf(WorthlessResultException.class)
          .hasMessageContaining("a factor of each of its 2 is zero throughout");
    }
    file.put("lora_unet_out_0.b_norm", Dtype.F32, new long[] {2}, 0, 1);
    try (LokrFile read = LokrFile.open(file.write(folder.resolve("norm.safetensors")))) {
      read.requireChange();
    }
  }

  @Test
  void trainedNormsArePublishedWithoutAlpha() throws IOException {
    Path trained =
        new TestFile()
            .put(NAME + ".lokr_w1", Dtype.F32, new long[] {1, 1}, 1)
            .put(NAME + ".lokr_w2", Dtype.F32, new long[] {2, 2}, 1, 2, 3, 4)
            .put(NAME + ".alpha", Dtype.F32, new long[0], 2)
            .put("lora_unet_out_0.w_norm", Dtype.F32, new long[] {2}, 0.1f, 0.2f)
            .put("lora_unet_out_0.b_norm", Dtype.F32, new long[] {2}, 0.3f, 0.4f)
            .write(folder.resolve("trained.safetensors"));
    Path exported = folder.resolve("exported.safetensors");
    try (LokrFile file = LokrFile.open(trained)) {
      LokrFileWriter.write(exported, file, Dtype.F16, Map.of());
    }
    try (SafeTensors read = SafeTensors.open(exported)) {
      assertThat(read.tensors().keySet())
          .containsExactlyInAnyOrder(
              NAME + ".alpha",
              NAME + ".lokr_w1",
              NAME + ".lokr_w2",
              "lora_unet_out_0.w_norm",
              "lora_unet_out_0.b_norm");
      assertThat(TestFile.bytes(read, "lora_unet_out_0.b_norm"))
          .isEqualTo(TestFile.bytes(Dtype.F16, 0.3f, 0.4f));
    }
  }
}
