package io.kohaku.latent.npz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Files that were changed at random give the right latents or a reason why not, and nothing else:
 * no other exception, no endless loop, no allocation of what a header only claims. More rounds with
 * {@code -Dfuzz.rounds=N}.
 */
@Timeout(600)
class NpzFuzzTest {
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 1000);
  private static final long MOST_BYTES = 32L << 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final byte[] EDGES = {0, 1, 2, 3, 7, 8, 0x50, 0x4b, 0x7f, (byte) 0x80, -1, -2};

  private static final List<String> TOKENS =
      List.of(
          "{",
          "}",
          "(",
          ")",
          ",",
          ":",
          "'",
          "\"",
          " ",
          "\n",
          "L",
          "-",
          "0",
          "1",
          "4",
          "12",
          "16",
          "1000000000000",
          "2147483647",
          "1000000",
          "True",
          "False",
          "None",
          "descr",
          "shape",
          "fortran_order",
          "<f4",
          ">f4",
          "<f2",
          "<f8",
          "<i8",
          "|O",
          "|V2",
          "[('a', '<f4')]",
          "\0");

  @Test
  void changedZipsGiveTheSameLatentsOrAReason() throws IOException {
    byte[] deflated = NpzFiles.usual().bytes();
    NpzLatent usual = NpzLatentTest.parse(deflated);
    byte[] stored = usual.toBytes();
    int taken = 0;
    for (int round = 0; round < ROUNDS; round++) {
      SeededStream random = SeededStream.of(Purpose.TRIAL, 17, round);
      byte[] file = changed(below(random, 2) == 0 ? deflated : stored, random);
      NpzLatent latent = parse(file, "zip, round " + round);
      if (latent != null) {
        assertThat(latent).as("round %s", round).usingRecursiveComparison().isEqualTo(usual);
        taken++;
      }
    }
    assertThat(taken).as("some changes harm nothing, most do").isBetween(1, ROUNDS / 2);
  }

  @Test
  void changedHeadersGiveLatentsOfTheirShapeOrAReason() throws IOException {
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      SeededStream random = SeededStream.of(Purpose.TRIAL, 18, round);
      StringBuilder header =
          new StringBuilder("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 12, 16), }\n");
      for (int change = below(random, 3); change >= 0; change--) {
        int at = below(random, header.length());
        int end = Math.min(header.length(), at + below(random, 4));
        header.replace(at, end, TOKENS.get(below(random, TOKENS.size())));
      }
      byte[] array = NpzFiles.npy(1 + below(random, 4), header.toString(), new byte[4 * 768]);
      String name = List.of("latents", "latents_12x16", "latents_99999x1").get(below(random, 3));
      NpzFiles file = NpzFiles.usual().without("latents.npy").with(name + ".npy", array);
      NpzLatent latent = parse(file.bytes(), "header, round " + round);
      if (latent == null) {
        refused++;
      }
    }
    assertThat(refused).isBetween(ROUNDS / 2, ROUNDS - 1);
  }

  /** What the file gives, or null where it says why it gives nothing. */
  private static NpzLatent parse(byte[] file, String round) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    NpzLatent latent = null;
    try {
      latent = NpzLatentTest.parse(file);
    } catch (IOException e) {
      assertThat(e.getMessage()).as(round).isNotBlank().doesNotContain("null");
    } catch (RuntimeException | Error e) {
      throw new AssertionError(round, e);
    }
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).as(round).isLessThan(MOST_BYTES);
    if (latent != null) {
      long pixels = (long) latent.bucket().width() * latent.bucket().height() / 64;
      assertThat(latent.values().length).as(round).isEqualTo(4 * pixels).isPositive();
      assertThat(latent.originalWidth()).as(round).isPositive();
      assertThat(latent.originalHeight()).as(round).isPositive();
    }
    return latent;
  }

  private static byte[] changed(byte[] file, SeededStream random) {
    byte[] bytes = file.clone();
    // The directory and its end: the last bytes.
    int from = below(random, 2) == 0 ? 0 : bytes.length - 250;
    switch (below(random, 5)) {
      case 0 -> {
        return Arrays.copyOf(bytes, below(random, bytes.length));
      }
      case 1 -> {
        int at = from + below(random, bytes.length - from);
        byte[] inserted = "PK\u0001\u0002PK\u0005\u0006".getBytes(StandardCharsets.ISO_8859_1);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + inserted.length);
        System.arraycopy(inserted, 0, longer, at, inserted.length);
        System.arraycopy(bytes, at, longer, at + inserted.length, bytes.length - at);
        return longer;
      }
      case 2 -> {
        int at = from + below(random, bytes.length - from);
        int end = Math.min(bytes.length, at + 1 + below(random, 8));
        Arrays.fill(bytes, at, end, EDGES[below(random, EDGES.length)]);
      }
      default -> {
        for (int flip = below(random, 4); flip >= 0; flip--) {
          bytes[from + below(random, bytes.length - from)] ^= (byte) (1 << below(random, 8));
        }
      }
    }
    return bytes;
  }

  private static int below(SeededStream random, int limit) {
    return (int) (random.nextDouble() * limit);
  }
}
