package io.kohaku.latent.npz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What stands before the numbers of a {@code .npy} file of version 1, 2 or 3.
 *
 * @param descr the type's name
 * @param fortran whether the first index runs fastest
 * @param shape the sides, in the order of indices
 */
record NumpyHeader(String descr, boolean fortran, int[] shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;

  /** More than any header of plain numbers has; NumPy itself refuses above 10000. */
  private static final int LONGEST = 1 << 16;

  private static final Set<String> KEYS = Set.of("descr", "fortran_order", "shape");

  /** Reads up to the first number. */
  static NumpyHeader read(InputStream in) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (!Arrays.equals(start, 0, Math.min(start.length, MAGIC.length), MAGIC, 0, MAGIC.length)) {
      throw new IOException("no NumPy array");
    }
    int version = start.length < MAGIC.length + 2 ? 0 : start[MAGIC.length];
    if (version < 1 || version > 3) {
      throw new IOException("a NumPy array of version " + version + " (1, 2 and 3 are known)");
    }
    ByteBuffer size =
        ByteBuffer.wrap(Arrays.copyOf(in.readNBytes(version == 1 ? 2 : 4), Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    long length = size.getLong();
    byte[] text = in.readNBytes((int) Math.min(length, LONGEST));
    if (text.length != length) {
      throw new IOException("a NumPy header of " + length + " bytes");
    }
    return parse(
        new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
  }

  private static NumpyHeader parse(String text) throws IOException {
    Map<String, Object> values = new HashMap<>();
    PythonLiteral literal = new PythonLiteral(text);
    try {
      literal.dictionary(values);
    } catch (IllegalArgumentException e) {
      throw new IOException("a NumPy array of another kind: " + shown(text), e);
    }
    if (values.keySet().equals(KEYS)
        && values.get("descr") instanceof String descr
        && values.get("fortran_order") instanceof Boolean fortran
        && values.get("shape") instanceof int[] shape) {
      return new NumpyHeader(descr, fortran, shape);
    }
    throw new IOException("a NumPy array of another kind: " + shown(text));
  }

  private static String shown(String text) {
    String line = text.strip().replaceAll("[^ -~]", "?");
    return line.length() > 200 ? line.substring(0, 200) + "…" : line;
  }

  /** The bytes up to the first number, aligned as NumPy does. */
  byte[] toBytes() {
    String sides = Arrays.toString(shape).replaceAll("[\\[\\]]", "");
    String header =
        "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }"
            .formatted(descr, fortran ? "True" : "False", shape.length == 1 ? sides + "," : sides);
    int start = MAGIC.length + 4;
    int end = (start + header.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    ByteBuffer out = ByteBuffer.allocate(end).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (end - start));
    out.put(header.getBytes(StandardCharsets.ISO_8859_1));
    while (out.position() < end - 1) {
      out.put((byte) ' ');
    }
    return out.put((byte) '\n').array();
  }
}
