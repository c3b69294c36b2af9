package io.kohaku.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Mutated files are either refused by name or give tensors that lie within them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SafeTensorsFuzzTest {
  private static final int FILES = 1500;
  private static final List<String> FRAGMENTS =
      List.of(
          "[",
          "]",
          "{",
          "}",
          "\"",
          ",",
          ":",
          "-1",
          "9223372036854775807",
          "18446744073709551616",
          "1e9",
          "\\ud800",
          "null",
          "\"shape\"",
          "\"data_offsets\"",
          "F4",
          "[0,0]",
          "\0");

  @TempDir private Path folder;

  @Test
  void neverHangsNorReadsOutside() throws IOException {
    byte[] original = original();
    Random random = new Random(20240501);
    Path path = folder.resolve("mutant.safetensors");
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      Files.write(path, mutated(original, random));
      refused += opens(path) ? 0 : 1;
    }
    assertThat(refused).isBetween(FILES / 10, FILES - FILES / 100);
  }

  private static boolean opens(Path path) throws IOException {
    long size = Files.size(path);
    try (SafeTensors file = SafeTensors.open(path)) {
      long total = 0;
      for (TensorInfo info : file.tensors().values()) {
        assertThat(file.bytes(info.name()).remaining()).isEqualTo((int) info.size());
        assertThat(info.dtype().bytes(info.elements())).isEqualTo(info.size());
        total += info.size();
      }
      assertThat(total).isLessThan(size);
      return true;
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).startsWith("Invalid safetensors file " + path + ": ");
      return false;
    }
  }

  private byte[] original() throws IOException {
    Path path = folder.resolve("original.safetensors");
    SafeTensorsWriter.write(
        path,
        Map.of("format", "pt", "ss_tag", "1girl"),
        List.of(
            TensorSource.of("a.weight", Dtype.F32, new long[] {2, 3}, new byte[24]),
            TensorSource.of("b.weight", Dtype.BF16, new long[] {4}, new byte[8]),
            TensorSource.of("c.alpha", Dtype.I64, new long[] {}, new byte[8]),
            TensorSource.of("d.empty", Dtype.U8, new long[] {0}, new byte[0])));
    return Files.readAllBytes(path);
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[random.nextInt(Math.min(8, bytes.length))] = (byte) random.nextInt();
        case 3 -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length + 64));
        case 4 -> {
          byte[] text =
              FRAGMENTS.get(random.nextInt(FRAGMENTS.size())).getBytes(StandardCharsets.UTF_8);
          System.arraycopy(text, 0, bytes, at, Math.min(text.length, bytes.length - at));
        }
        default -> {
          int from = random.nextInt(bytes.length);
          int count = random.nextInt(Math.min(64, bytes.length - Math.max(at, from)) + 1);
          System.arraycopy(bytes, from, bytes, at, count);
        }
      }
    }
    return bytes;
  }
}
