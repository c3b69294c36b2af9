package io.kohaku.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.image.BmpFiles;
import io.kohaku.image.BmpFiles.Kind;
import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BmpPixelsTest {
  private static final Kind MASKED = new Kind(124, 32, 3, false, 0xFF0000, 0xFF00, 0xFF, 1 << 31);

  static List<Kind> kinds() {
    return BmpFiles.kinds();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void showsEveryKind(Kind kind) throws ImageRejected {
    assertThat(Decoded.rgb(BmpFiles.file(kind))).isEqualTo(BmpFiles.shown(kind));
  }

  @Test
  void alphaThatIsZeroEverywhereIsNone() throws ImageRejected {
    byte[] file = BmpFiles.file(MASKED);
    for (int at = 14 + 124 + 3; at < file.length; at += 4) {
      file[at] = 0;
    }
    Kind opaque = new Kind(124, 32, 3, false, 0xFF0000, 0xFF00, 0xFF, 0);
    assertThat(Decoded.rgb(file)).isEqualTo(BmpFiles.shown(opaque));
  }

  @Test
  void whatRunsLeaveOutHasTheFirstColour() throws ImageRejected {
    Kind kind = new Kind(40, 8, 1, false);
    byte[] file = BmpFiles.file(kind);
    int pixels = 14 + 40 + 255 * 4;
    byte[] step = Arrays.copyOf(file, pixels + 8);
    System.arraycopy(new byte[] {0, 2, 1, 2, 99, 5, 0, 1}, 0, step, pixels, 8);
    byte[] rgb = Decoded.rgb(step);
    byte[] five = {(byte) (5 * 37), (byte) (5 * 91 + 40), 5 * 7};
    for (int at = 0; at < BmpFiles.WIDTH * BmpFiles.HEIGHT; at++) {
      boolean run = at / BmpFiles.WIDTH == BmpFiles.HEIGHT - 3 && at % BmpFiles.WIDTH >= 1;
      assertThat(Arrays.copyOfRange(rgb, 3 * at, 3 * at + 3))
          .as("pixel %s", at)
          .isEqualTo(run ? five : new byte[] {0, 40, 0});
    }
  }

  @Test
  void needsNeitherTheLastFillingNorTheEndOfRunsNorAnOffset() throws ImageRejected {
    Kind rows = new Kind(40, 24, 0, false);
    byte[] file = BmpFiles.file(rows);
    assertThat(Decoded.rgb(Arrays.copyOf(file, file.length - 3))).isEqualTo(BmpFiles.shown(rows));
    file[10] = 0;
    assertThat(Decoded.rgb(file)).isEqualTo(BmpFiles.shown(rows));
    Kind runs = new Kind(40, 8, 1, false);
    byte[] packed = BmpFiles.file(runs);
    assertThat(Decoded.rgb(Arrays.copyOf(packed, packed.length - 2)))
        .isEqualTo(BmpFiles.shown(runs));
  }

  @ParameterizedTest
  @CsvSource({
    "40, 24, 0, 4, TRUNCATED",
    "40, 8, 1, 3, TRUNCATED",
    "12, 1, 0, 4, TRUNCATED",
  })
  void rejectsWhatIsCut(int header, int bits, int packing, int cut, RejectReason reason) {
    byte[] file = BmpFiles.file(new Kind(header, bits, packing, false));
    assertThatThrownBy(() -> Decoded.rgb(Arrays.copyOf(file, file.length - cut)))
        .isInstanceOfSatisfying(ImageRejected.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @CsvSource({
    "14, 11, UNSUPPORTED_FORMAT, 'a BMP whose header has 11 bytes'",
    "28, 3, UNSUPPORTED_FORMAT, 'a BMP of 3 bits, compression 3, with a header of 124 bytes'",
    "30, 4, UNSUPPORTED_FORMAT, 'a BMP of 32 bits, compression 4, with a header of 124 bytes'",
    "10, 30, UNDECODABLE, 'the BMP''s pixels would begin at byte 30'",
    "54, 255, UNDECODABLE, 'a BMP whose bit masks are torn or mixed'",
    "18, 0, UNDECODABLE, 'the header says 0x5 pixels'",
  })
  void rejectsWhatIsNoSuchBmp(int at, int value, RejectReason reason, String message) {
    byte[] file = BmpFiles.file(MASKED);
    file[at] = (byte) value;
    assertThatThrownBy(() -> Decoded.rgb(file))
        .isInstanceOfSatisfying(ImageRejected.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(message);
  }
}
