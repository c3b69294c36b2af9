package io.kohaku.image.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.OddFiles;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.settings.ImageSettings.Alpha;
import io.kohaku.settings.ImageSettings.Orientation;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whole and damaged files give pixels or a reason, and never throw anything else. */
class DamagedImagesTest {
  private static final Map<String, byte[]> FILES = OddFiles.all();
  private static final ImagePreparer DEFAULT =
      new ImagePreparer(OddImagesTest.settings(Alpha.COMPOSITE, Orientation.APPLY));

  @Test
  void everyFileGivesPixelsOrAReason() {
    long pixels = FILES.values().stream().map(this::result).filter("pixels"::equals).count();
    assertThat(pixels).isEqualTo(14);
  }

  @Test
  void damageNeverThrowsAnythingElse() {
    SeededStream random = SeededStream.of(Purpose.TRIAL, 7);
    for (byte[] file : FILES.values()) {
      for (int round = 0; round < 40 && file.length > 0; round++) {
        byte[] damaged = Arrays.copyOf(file, file.length - random.nextInt(file.length) / 2);
        for (int flips = random.nextInt(4); flips >= 0; flips--) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextLong();
        }
        assertThat(result(damaged)).isNotEmpty();
      }
    }
  }

  private String result(byte[] file) {
    try {
      DEFAULT.prepare(file);
      return "pixels";
    } catch (ImageRejected e) {
      return e.reason().text() + ": " + e.getMessage();
    }
  }
}
