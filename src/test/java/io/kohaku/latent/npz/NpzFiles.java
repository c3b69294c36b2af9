package io.kohaku.latent.npz;

import io.kohaku.number.HalfFloat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files as numpy's savez writes them, and as it might. */
public final class NpzFiles {
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  /** Latents (i / 64 - 2) of a bucket of 128 x 96 pixels, of an image of that size. */
  public static NpzFiles usual() {
    return new NpzFiles()
        .with("latents.npy", latents("<f4", false))
        .with("original_size.npy", npy("<i8", "(2,)", numbers("<i8", 128, 96)))
        .with("crop_ltrb.npy", npy("<f8", "(4,)", numbers("<f8", 0, 0, 128, 96)));
  }

  /** The same with another entry, or with one in the place of its own. */
  public NpzFiles with(String name, byte[] bytes) {
    entries.put(name, bytes);
    return this;
  }

  NpzFiles without(String name) {
    entries.remove(name);
    return this;
  }

  /** Deflated, with the sizes behind the data, as a stream is written. */
  public byte[] bytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  /** By name. */
  Map<String, byte[]> entries() {
    return entries;
  }

  /** The i-th number of the usual latents. */
  static double number(int i) {
    return i / 64.0 - 2;
  }

  static byte[] latents(String type, boolean fortran) {
    return npy(type, fortran, "(4, 12, 16)", latentNumbers(type, fortran));
  }

  private static byte[] latentNumbers(String type, boolean fortran) {
    double[] values = new double[4 * 12 * 16];
    for (int i = 0; i < values.length; i++) {
      int channel = i / (12 * 16);
      int row = i / 16 % 12;
      int column = i % 16;
      values[fortran ? channel + 4 * (row + 12 * column) : i] = number(i);
    }
    return numbers(type, values);
  }

  public static byte[] npy(String type, String shape, byte[] data) {
    return npy(type, false, shape, data);
  }

  static byte[] npy(String type, boolean fortran, String shape, byte[] data) {
    String header =
        "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
            .formatted(type, fortran ? "True" : "False", shape);
    return npy(1, header, data);
  }

  /** Of any version, with any header. */
  static byte[] npy(int version, String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    out.put((byte) version).put((byte) 0);
    if (version == 1) {
      out.putShort((short) text.length);
    } else {
      out.putInt(text.length);
    }
    out.put(text).put(data);
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  /** Numbers in a type's bytes. */
  public static byte[] numbers(String type, double... values) {
    int width = type.charAt(type.length() - 1) - '0';
    ByteBuffer out =
        ByteBuffer.allocate(width * values.length)
            .order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      switch (type.substring(type.length() - 2)) {
        case "f2" -> out.putShort(half(value));
        case "f4" -> out.putFloat((float) value);
        case "f8" -> out.putDouble(value);
        case "i1", "u1" -> out.put((byte) (long) value);
        case "i2", "u2" -> out.putShort((short) (long) value);
        case "i4", "u4" -> out.putInt((int) (long) value);
        default -> out.putLong((long) value);
      }
    }
    return out.array();
  }

  private static short half(double value) {
    return HalfFloat.encode((float) value);
  }
}
