package io.kohaku.train.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.train.plan.LossScale;
import io.kohaku.train.plan.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingLogTest {
  @TempDir Path folder;

  @Test
  void checksumsAreMaskedAsTensorFlowDoes() {
    // CRC-32C of "123456789" is 0xe3069283, the value in RFC 3720's family of test vectors.
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    int rotated = 0xe3069283 >>> 15 | 0xe3069283 << 17;
    assertThat(TensorBoardEvents.masked(digits)).isEqualTo(rotated + 0xa282ead8);
  }

  @Test
  void anEventIsAChecksummedMessage() throws IOException {
    try (TensorBoardEvents events = new TensorBoardEvents(folder, 2.0, 7)) {
      events.write(3.0, 300, Map.of("loss", 0.5));
    }
    List<byte[]> records = records();
    assertThat(records).hasSize(3);
    assertThat(new String(records.get(0), 9, records.get(0).length - 9, StandardCharsets.US_ASCII))
        .isEqualTo("\u001a\rbrain.Event:2");
    assertThat(HexFormat.of().formatHex(records.get(1)))
        .isEqualTo("09" + "0000000000000040" + "1007" + "3a02" + "0801");
    assertThat(HexFormat.of().formatHex(records.get(2)))
        .isEqualTo(
            "09" + "0000000000000840" + "10ac02" + "2a0d" + "0a0b" + "0a046c6f7373" + "150000003f");
  }

  private List<byte[]> records() throws IOException {
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = files.toList().get(0);
    }
    assertThat(file.getFileName().toString()).startsWith("events.out.tfevents.");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] length = new byte[8];
      bytes.get(length);
      assertThat(bytes.getInt()).isEqualTo(TensorBoardEvents.masked(length));
      byte[] data =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      bytes.get(data);
      assertThat(bytes.getInt()).isEqualTo(TensorBoardEvents.masked(data));
      records.add(data);
    }
    return records;
  }

  @Test
  void aResumedRunTakesBackTheLinesThatItWritesAgain() throws IOException {
    Path file = folder.resolve("logs/metrics.jsonl");
    try (MetricLines lines = new MetricLines(file, 1)) {
      for (int step = 1; step <= 5; step++) {
        lines.write(step, step, Map.of("loss", 1.0 / step));
      }
    }
    Files.writeString(file, Files.readString(file) + "{\"step\": 6, \"lo");
    try (MetricLines lines = new MetricLines(file, 4)) {
      lines.write(9, 4, Map.of("loss", 0.125));
    }
    assertThat(Files.readAllLines(file))
        .hasSize(4)
        .last()
        .isEqualTo("{\"step\":4,\"time\":9.0,\"loss\":0.125}");
  }

  @Test
  void theProgressLineTellsRateAndTimeLeft() {
    Progress progress = new Progress(30, 1, 5, 3840, 30, LossScale.none(), 0.25, 0, 0, null);
    assertThat(new Pace(100, 10).line(progress, 0.5, 40, 64))
        .isEqualTo(
            "step 30/100 (30.0 %), epoch 2, 3840 images, loss 0.50000 (smoothed 0.25000), 64.00 images/s, 0:02:20 left");
    assertThat(Pace.clock(90_061)).isEqualTo("1 d 1:01:01");
  }
}
