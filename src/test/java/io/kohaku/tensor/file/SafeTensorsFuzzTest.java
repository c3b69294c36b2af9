package io.kohaku.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.input.UnusableFileException;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

/**
 * Mutated files are either refused by name or give tensors that lie within them; {@code
 * -Dfuzz.rounds=N} tries N files of each kind.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SafeTensorsFuzzTest {
  private static final int FILES = Integer.getInteger("fuzz.rounds", 400);
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

  private static final List<String> NUMBERS =
      List.of("-4", "0", "3", "63", "65", "4294967296", "9223372036854775807", "1e3", "null");
  private static final List<String> TYPES =
      List.of("F64", "BF16", "F8_E4M3", "F4", "BOOL", "f32", "", "F32 ");
  private static final List<String> SHAPES =
      List.of(
          "[]",
          "[0]",
          "[-16]",
          "[16,1]",
          "[4,-4]",
          "[4294967296,4294967296]",
          "[9223372036854775807,2]",
          "[0,9223372036854775807,9223372036854775807]",
          "16",
          "[16.0]",
          "[[16]]",
          "null");

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

  /** Headers that are JSON of the right kind, with numbers, names and types that are not. */
  @Test
  void headersThatTellNonsenseAreRefused() throws IOException {
    Random random = new Random(20240502);
    Path path = folder.resolve("header.safetensors");
    byte[] data = new byte[64];
    random.nextBytes(data);
    int refused = 0;
    for (int i = 0; i < FILES; i++) {
      byte[] header = header(random).getBytes(StandardCharsets.UTF_8);
      ByteBuffer bytes =
          ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putLong(header.length).put(header).put(data);
      int length = random.nextInt(8) == 0 ? random.nextInt(bytes.capacity()) : bytes.capacity();
      Files.write(path, Arrays.copyOf(bytes.array(), length));
      refused += opens(path) ? 0 : 1;
    }
    assertThat(refused).isBetween(FILES / 10, FILES - FILES / 200);
  }

  /** Tensors one behind the other over 64 bytes; now and then one thing about one is changed. */
  private static String header(Random random) {
    StringBuilder header = new StringBuilder("{");
    long begin = 0;
    while (begin < 64) {
      long count = Math.min(16, (64 - begin) / 4);
      long end = begin + 4 * count;
      boolean wrong = random.nextInt(10) == 0;
      header.append(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%s,%s]},"
              .formatted(
                  random.nextInt(60) == 0 ? "t0" : "t" + begin,
                  wrong && random.nextBoolean() ? any(random, TYPES) : "F32",
                  wrong && random.nextBoolean() ? any(random, SHAPES) : "[" + count + "]",
                  wrong && random.nextBoolean() ? any(random, NUMBERS) : begin,
                  wrong && random.nextBoolean() ? any(random, NUMBERS) : end));
      begin = end;
    }
    header.setCharAt(header.length() - 1, '}');
    return header.toString();
  }

  private static String any(Random random, List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }

  private static boolean opens(Path path) throws IOException {
    byte[] all = Files.readAllBytes(path);
    try (SafeTensors file = SafeTensors.open(path)) {
      long data = 8 + ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong();
      long total = 0;
      for (TensorInfo info : file.tensors().values()) {
        ByteBuffer bytes = file.bytes(info.name());
        int begin = Math.toIntExact(data + info.begin());
        assertThat(bytes)
            .isEqualByComparingTo(ByteBuffer.wrap(all, begin, (int) info.size()).slice());
        assertThat(info.dtype().bytes(info.elements())).isEqualTo(info.size());
        total += info.size();
      }
      assertThat(data + total).isEqualTo(all.length);
      return true;
    } catch (UnusableFileException e) {
      assertThat(e.getMessage())
          .containsAnyOf(
              "Invalid safetensors file " + path + ": ",
              "Cannot read " + path + " as safetensors: it seems to be ");
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
