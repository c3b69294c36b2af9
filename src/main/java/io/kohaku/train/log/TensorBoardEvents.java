package io.kohaku.train.log;

import io.kohaku.ownership.Closer;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A TensorBoard event file: records of length, checksum, event, checksum, where an event is a
 * protocol buffer message with time, step and the values by tag.
 */
final class TensorBoardEvents implements Closeable {
  private static final int MASK_DELTA = 0xa282ead8;

  /** Field numbers of Event, Summary, Value and SessionLog, with their wire types. */
  private static final int WALL_TIME = 1 << 3 | 1;

  private static final int STEP = 2 << 3;
  private static final int FILE_VERSION = 3 << 3 | 2;
  private static final int SUMMARY = 5 << 3 | 2;
  private static final int SESSION_LOG = 7 << 3 | 2;
  private static final int SUMMARY_VALUE = 1 << 3 | 2;
  private static final int VALUE_TAG = 1 << 3 | 2;
  private static final int VALUE_SIMPLE = 2 << 3 | 5;
  private static final int SESSION_STATUS = 1 << 3;
  private static final int SESSION_START = 1;

  private final OutputStream out;

  /**
   * A new file in the folder; what earlier files say about this step and later ones is void, as
   * after a resume.
   *
   * @param seconds wall time in seconds since 1970
   */
  TensorBoardEvents(Path folder, double seconds, long firstStep) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("events.out.tfevents.%s.%s".formatted((long) seconds, firstStep));
    Message version = new Message().fixed64(WALL_TIME, seconds);
    Message start = new Message().varint(SESSION_STATUS, SESSION_START);
    try (Closer opening = new Closer()) {
      out =
          opening.add(
              Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
      write(version.bytes(FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8)));
      write(event(seconds, firstStep).bytes(SESSION_LOG, start.bytes()));
      opening.release();
    }
  }

  /** One event with all values of a step. */
  void write(double seconds, long step, Map<String, Double> values) throws IOException {
    Message summary = new Message();
    values.forEach(
        (tag, value) ->
            summary.bytes(
                SUMMARY_VALUE,
                new Message()
                    .bytes(VALUE_TAG, tag.getBytes(StandardCharsets.UTF_8))
                    .fixed32(VALUE_SIMPLE, value.floatValue())
                    .bytes()));
    write(event(seconds, step).bytes(SUMMARY, summary.bytes()));
  }

  private static Message event(double seconds, long step) {
    return new Message().fixed64(WALL_TIME, seconds).varint(STEP, step);
  }

  private void write(Message message) throws IOException {
    byte[] data = message.bytes();
    byte[] length = little(Long.BYTES).putLong(data.length).array();
    ByteBuffer record = little(length.length + data.length + 2 * Integer.BYTES);
    record.put(length).putInt(masked(length)).put(data).putInt(masked(data));
    out.write(record.array());
    out.flush();
  }

  /** The checksum as TensorFlow's records keep it: rotated by 15 bits and shifted by a constant. */
  static int masked(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    int value = (int) crc.getValue();
    return (value >>> 15 | value << 17) + MASK_DELTA;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** A protocol buffer message under construction. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message varint(int key, long value) {
      raw(key);
      raw(value);
      return this;
    }

    Message fixed64(int key, double value) {
      raw(key);
      bytes.writeBytes(little(Double.BYTES).putDouble(value).array());
      return this;
    }

    Message fixed32(int key, float value) {
      raw(key);
      bytes.writeBytes(little(Float.BYTES).putFloat(value).array());
      return this;
    }

    Message bytes(int key, byte[] value) {
      raw(key);
      raw(value.length);
      bytes.writeBytes(value);
      return this;
    }

    private void raw(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        bytes.write((int) (rest & 0x7f | 0x80));
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }
}
