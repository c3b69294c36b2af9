package io.kohaku.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kohaku.image.BmpFiles;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.OddFiles;
import io.kohaku.image.Pictures;
import io.kohaku.image.header.ImageHeader;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.settings.ImageSettings.Orientation;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opencv.core.CvException;
import org.opencv.core.Mat;

/**
 * Damages small images of every format, always in the same ways: each file gives a picture of the
 * size that its header says, or a reason. {@code -Dfuzz.rounds} says how many ways.
 */
class ImageHeaderFuzzTest {
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 2000);

  /** 100,000 pixels of 4 bytes in the two or three forms that they pass through, and some air. */
  private static final long MOST_BYTES = 8 << 20;

  private static final int[] REDUCTIONS = {1, 2, 4, 8};

  private final SeededStream random = SeededStream.of(Purpose.TRIAL, 17);

  private static List<Map.Entry<String, byte[]>> files() {
    Map<String, byte[]> files = new LinkedHashMap<>(OddFiles.all());
    files.remove("empty.png");
    for (BmpFiles.Kind kind : BmpFiles.kinds()) {
      files.put("BMP of " + kind, BmpFiles.file(kind));
    }
    byte[] jpeg = files.get("plain.jpg");
    byte[] exif = Arrays.copyOfRange(OddFiles.withExif(jpeg, 6), 12, 38);
    files.put(
        "turned.png", OddFiles.insert(Pictures.png(24, 16, 1), 33, OddFiles.chunk("eXIf", exif)));
    return List.copyOf(files.entrySet());
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void everyDamageGivesAPictureOrAReason() {
    List<Map.Entry<String, byte[]>> files = files();
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    files.forEach(file -> result(file.getValue(), 1)); // Loads what is loaded once.
    int pictures = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Map.Entry<String, byte[]> file = files.get(round % files.size());
      byte[] damaged = damaged(file.getValue());
      long before = thread.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      String result = result(damaged, REDUCTIONS[random.nextInt(REDUCTIONS.length)]);
      String what = "round %s, %s: ".formatted(round, file.getKey()) + result;
      assertThat(result).as(hex(what, damaged)).matches("picture|rejected: .+");
      assertThat(System.nanoTime() - start).as(hex(what, damaged)).isLessThan(10_000_000_000L);
      assertThat(thread.getCurrentThreadAllocatedBytes() - before)
          .as(hex(what, damaged))
          .isLessThan(MOST_BYTES);
      pictures += result.equals("picture") ? 1 : 0;
    }
    assertThat(pictures).as("of %s rounds", ROUNDS).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
  }

  private static String hex(String what, byte[] file) {
    return what + "\n" + HexFormat.of().formatHex(file, 0, Math.min(file.length, 4000));
  }

  private byte[] damaged(byte[] file) {
    byte[] damaged = file;
    for (int hits = random.nextInt(3); hits >= 0; hits--) {
      damaged = hit(damaged);
    }
    return damaged;
  }

  private byte[] hit(byte[] file) {
    int at = random.nextInt(Math.max(1, random.nextInt(2) == 0 ? file.length : file.length / 4));
    byte[] damaged = file.clone();
    switch (file.length < 8 ? 3 : random.nextInt(6)) {
      case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> damaged[at] = (byte) random.nextLong();
      case 2 -> damaged = Arrays.copyOf(file, at);
      case 3 -> damaged = OddFiles.insert(file, at, some(1 + random.nextInt(9)));
      case 4 -> {
        damaged = Arrays.copyOf(file, Math.max(at, file.length - 1 - random.nextInt(9)));
        System.arraycopy(file, file.length - damaged.length + at, damaged, at, damaged.length - at);
      }
      default -> number(damaged, Math.min(at, file.length - 4));
    }
    return damaged;
  }

  private byte[] some(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = random.nextInt(3) == 0 ? (byte) -random.nextInt(2) : (byte) random.nextLong();
    }
    return bytes;
  }

  /** Writes what may be taken for a length: little, large or negative, of two bytes or four. */
  private void number(byte[] file, int at) {
    List<Integer> lengths =
        new ArrayList<>(List.of(0, 1, 2, -1, 0x7FFF_FFFF, 1 << 31, 0xFFFF, 256, file.length));
    int value = lengths.get(random.nextInt(lengths.size()));
    int bytes = 2 << random.nextInt(2);
    boolean little = random.nextInt(2) == 0;
    for (int i = 0; i < bytes; i++) {
      file[at + i] = (byte) (value >> 8 * (little ? i : bytes - 1 - i));
    }
  }

  private static String result(byte[] file, int reduction) {
    try {
      Mat bgr = Decoded.bgr(file, reduction);
      ImageHeader header = ImageHeader.read(file, Decoded.SETTINGS);
      boolean turned = header.turned(file, Orientation.APPLY);
      int width = turned ? header.height() : header.width();
      int height = turned ? header.width() : header.height();
      boolean same =
          bgr.cols() == width && bgr.rows() == height
              || bgr.cols() == (width + reduction - 1) / reduction
                  && bgr.rows() == (height + reduction - 1) / reduction;
      String size = bgr.cols() + "x" + bgr.rows();
      bgr.release();
      return same ? "picture" : "a picture of " + size;
    } catch (ImageRejected e) {
      return "rejected: " + e.reason().text() + ", " + e.getMessage();
    } catch (CvException e) {
      return "rejected: OpenCV, " + e.getMessage().strip().lines().findFirst().orElse("");
    } catch (RuntimeException | Error e) {
      return e.toString();
    }
  }
}
