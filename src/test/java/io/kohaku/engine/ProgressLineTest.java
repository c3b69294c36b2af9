package io.kohaku.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final long SECOND = 1_000_000_000L;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void plainLinesComeEveryTenSecondsWithRateTimeToGoAndRecentLoss() {
    ProgressLine line =
        new ProgressLine(out, false, "train", new ProgressLine.Goal("images", 400), 0);
    line.update(5 * SECOND, 50, 1, 2);
    assertThat(printed()).isEmpty();
    line.update(10 * SECOND, 100, 2, 4);
    assertThat(printed())
        .isEqualToNormalizingNewlines(
            "train      images 100/400  10.0/s  0:30 to go  loss 0.5000\n");
    line.update(20 * SECOND, 200, 2.5, 8);
    assertThat(printed()).endsWith("loss 0.1250" + System.lineSeparator());
    line.end();
    assertThat(printed()).doesNotContain("\r");
  }

  @Test
  void aTerminalLineIsWrittenOverItself() {
    ProgressLine line =
        new ProgressLine(out, true, "encode", new ProgressLine.Goal("images", 36_000), 0);
    line.update(SECOND, 1, 0, 0);
    assertThat(printed()).isEqualTo("\r\u001b[Kencode     images 1/36000  1.0/s  9:59:59 to go");
    line.end();
    assertThat(printed()).endsWith("\r\u001b[K");
  }
}
