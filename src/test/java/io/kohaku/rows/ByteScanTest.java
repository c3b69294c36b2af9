package io.kohaku.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteScanTest {
  @Test
  void findsWhatOneByteAtATimeFinds() {
    Random random = new Random(7);
    byte[] bytes = new byte[64];
    for (int round = 0; round < 2000; round++) {
      random.nextBytes(bytes);
      bytes[random.nextInt(bytes.length)] = '"';
      int start = random.nextInt(bytes.length);
      int end = start + random.nextInt(bytes.length - start + 1);
      int expected = start;
      while (expected < end && bytes[expected] != '"') {
        expected++;
      }
      assertThat(ByteScan.indexOf(bytes, start, end, '"')).isEqualTo(expected);
    }
  }
}
