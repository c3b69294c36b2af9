package io.kohaku.image.header;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An orientation is found where it stands before the directory's first lie. */
class ExifBlockTest {
  private static final int ORIENTATION = 0x112;
  private static final int SHORT = 3;
  private static final ByteOrder BIG = ByteOrder.BIG_ENDIAN;

  /** A directory of an entry for each four numbers: tag, type, count, value. */
  private static byte[] tiff(ByteOrder order, int announced, long... of) {
    ByteBuffer out = ByteBuffer.allocate(10 + 3 * of.length).order(order);
    out.put((order == BIG ? "MM" : "II").getBytes(StandardCharsets.US_ASCII));
    out.putShort((short) 42).putInt(8).putShort((short) announced);
    for (int i = 0; i < of.length; i += 4) {
      out.putShort((short) of[i]).putShort((short) of[i + 1]).putInt((int) of[i + 2]);
      int type = (int) of[i + 1];
      int value = (int) of[i + 3];
      int place = out.position();
      if (type == 1 || type == 6) {
        out.put((byte) value);
      } else if (type == SHORT || type == 8) {
        out.putShort((short) value);
      } else {
        out.putInt(value);
      }
      out.position(place + 4);
    }
    return out.array();
  }

  private static int orientation(byte[] tiff) {
    return new ExifBlock(0, tiff.length).orientation(tiff);
  }

  @ParameterizedTest
  @CsvSource({"1, 6", "3, 6", "4, 6", "6, 6", "8, 6", "9, 6", "2, 1", "5, 1", "7, 1", "99, 1"})
  void isAWholeNumberOfAnyLengthAndOrder(int type, int expected) {
    for (ByteOrder order : new ByteOrder[] {BIG, ByteOrder.LITTLE_ENDIAN}) {
      assertThat(orientation(tiff(order, 1, ORIENTATION, type, 1, 6)))
          .as(order.toString())
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 40, 65_535})
  void isFoundHoweverManyEntriesAreAnnounced(int announced) {
    assertThat(orientation(tiff(BIG, announced, ORIENTATION, SHORT, 1, 6))).isEqualTo(6);
  }

  @Test
  void isFoundBehindEntriesThatPointNowhere() {
    long far = 0xFFFF_FFF0L;
    for (long[] lie : new long[][] {{0x10F, 2, 0x7FFF_FFFF, far}, {0x10F, 99, 1, 1}}) {
      byte[] file = tiff(BIG, 2, lie[0], lie[1], lie[2], lie[3], ORIENTATION, SHORT, 1, 8);
      assertThat(orientation(file)).isEqualTo(8);
    }
    byte[] circle = tiff(BIG, 2, 0x8769, 4, 1, 8, ORIENTATION, SHORT, 1, 8);
    assertThat(orientation(circle)).isEqualTo(8);
  }

  @Test
  void theFirstOfTwoCounts() {
    assertThat(orientation(tiff(BIG, 2, ORIENTATION, SHORT, 1, 3, ORIENTATION, SHORT, 1, 6)))
        .isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"0, 6", "1, 0", "1, 9", "1, 65535", "3, 6", "268435456, 6"})
  void isUprightWhereTheEntryCannotBe(long count, int value) {
    assertThat(orientation(tiff(BIG, 1, ORIENTATION, SHORT, count, value))).isEqualTo(1);
  }

  @Test
  void isUprightInWhatIsNoDirectory() {
    byte[] whole = tiff(BIG, 1, ORIENTATION, SHORT, 1, 6);
    for (int length = 0; length < whole.length; length++) {
      assertThat(orientation(Arrays.copyOf(whole, length))).as("%s bytes", length).isEqualTo(1);
    }
    for (int at : new int[] {0, 2, 4}) {
      byte[] other = whole.clone();
      other[at] = (byte) 0xFF;
      assertThat(orientation(other)).as("byte %s", at).isEqualTo(1);
    }
    assertThat(orientation("Model: none, a text".getBytes(StandardCharsets.US_ASCII))).isEqualTo(1);
    assertThat(orientation(tiff(BIG, 0, ORIENTATION, SHORT, 1, 6))).isEqualTo(1);
  }

  @Test
  void aPrefixIsPassedOver() {
    byte[] tiff = tiff(BIG, 1, ORIENTATION, SHORT, 1, 6);
    byte[] file =
        ByteBuffer.allocate(6 + tiff.length)
            .put(6, tiff)
            .put(0, "Exif".getBytes(StandardCharsets.US_ASCII))
            .array();
    ExifBlock block = ExifBlock.of(new ByteReader(file), 0, file.length);
    assertThat(block).isEqualTo(new ExifBlock(6, tiff.length));
    assertThat(block.orientation(file)).isEqualTo(6);
  }
}
