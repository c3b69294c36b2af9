package io.kohaku.weights.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import io.kohaku.weights.TestFile;
import io.kohaku.weights.verify.Inspection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of 8 and 64 bits are numbers as others are; whole ones are copied. */
class EightBitsIT {
  private static final String NAME = "conditioner.embedders.1.model.positional_embedding";

  @TempDir private Path folder;

  private Path file(String name, Dtype dtype, byte... bytes) throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    SafeTensorsWriter.write(
        file,
        Map.of(),
        List.of(
            TensorSource.of(NAME, dtype, new long[] {bytes.length * 8L / dtype.bits()}, bytes)));
    return file;
  }

  private Path half(Path one, Path two, Optional<Dtype> output) throws IOException {
    Path merged = folder.resolve("merged.safetensors");
    MergePlan plan =
        new MergePlan(
            List.of(
                new MergePlan.Checkpoint(one, 0.5, false),
                new MergePlan.Checkpoint(two, 0.5, false)),
            Optional.empty(),
            Set.of(),
            Dtype.F32,
            output,
            MergePlan.Differences.ERROR);
    try (FileChannel out = TestFile.channel(merged)) {
      CheckpointMerge.write(plan, out);
    }
    return merged;
  }

  /** 1 and 3 in each format: half of each is 2; sign, exponent and mantissa by hand. */
  @ParameterizedTest
  @CsvSource({"F8_E4M3, 0x38, 0x44, 0x40", "F8_E5M2, 0x3c, 0x42, 0x40"})
  void halfOfOneAndHalfOfThreeIsTwo(Dtype dtype, int one, int three, int two) throws IOException {
    Path first = file("one", dtype, (byte) one);
    Path second = file("three", dtype, (byte) three);
    try (SafeTensors merged = SafeTensors.open(half(first, second, Optional.of(Dtype.F16)))) {
      assertThat(merged.info(NAME).dtype()).isEqualTo(Dtype.F16);
      assertThat(TestFile.values(merged, NAME)).containsExactly(2);
    }
    try (SafeTensors merged = SafeTensors.open(half(first, second, Optional.empty()))) {
      assertThat(merged.info(NAME).dtype()).isEqualTo(dtype);
      assertThat(TestFile.bytes(merged, NAME)).containsExactly((byte) two);
    }
    assertThat(Inspection.of(second))
        .anyMatch(
            line ->
                line.startsWith(
                    "tensor    " + NAME + " " + dtype + " [1]  norm 3.00000  mean 3.00"));
  }

  @Test
  void formatsMayDiffer() throws IOException {
    ByteBuffer three = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, 3);
    Path first = file("one", Dtype.F8_E4M3, (byte) 0x38);
    Path second = file("three", Dtype.F64, three.array());
    try (SafeTensors merged = SafeTensors.open(half(first, second, Optional.of(Dtype.F32)))) {
      assertThat(TestFile.values(merged, NAME)).containsExactly(2);
    }
  }

  @Test
  void wholeNumbersAreTheFirstFilesOwn() throws IOException {
    Path first = file("one", Dtype.I8, (byte) 1);
    Path second = file("three", Dtype.I8, (byte) 3);
    try (SafeTensors merged = SafeTensors.open(half(first, second, Optional.of(Dtype.F16)))) {
      assertThat(merged.info(NAME).dtype()).isEqualTo(Dtype.I8);
      assertThat(TestFile.bytes(merged, NAME)).containsExactly((byte) 1);
    }
  }

  @Test
  void weightsOfWholeNumbersAreQuantised() throws IOException {
    String name = "model.diffusion_model.out.2.weight";
    Path first = folder.resolve("int8.safetensors");
    SafeTensorsWriter.write(
        first, Map.of(), List.of(TensorSource.of(name, Dtype.I8, new long[] {1}, new byte[] {1})));
    assertThatThrownBy(() -> half(first, first, Optional.empty()))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot merge %s: %s is stored as I8, quantised (take the file in fp16 or bf16)"
                .formatted(first, name));
  }
}
