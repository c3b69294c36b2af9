package io.kohaku.latent.npz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One array in NumPy's {@code .npy} format: little-endian, row-major.
 *
 * @param type {@code <f4}, {@code <f8} or {@code <i8}
 * @param shape dimensions
 * @param data the elements' bytes
 */
record NumpyArray(String type, int[] shape, byte[] data) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final Pattern TYPE = Pattern.compile("'descr': *'(<f4|<f8|<i8)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order': *False");
  private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([0-9, ]*)\\)");

  static NumpyArray floats(int[] shape, float[] values) {
    ByteBuffer data = little(4 * values.length);
    data.asFloatBuffer().put(values);
    return new NumpyArray("<f4", shape, data.array());
  }

  static NumpyArray doubles(double... values) {
    ByteBuffer data = little(8 * values.length);
    data.asDoubleBuffer().put(values);
    return new NumpyArray("<f8", new int[] {values.length}, data.array());
  }

  static NumpyArray longs(long... values) {
    ByteBuffer data = little(8 * values.length);
    data.asLongBuffer().put(values);
    return new NumpyArray("<i8", new int[] {values.length}, data.array());
  }

  float[] floats() throws IOException {
    require("<f4");
    float[] values = new float[data.length / 4];
    ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  double[] doubles() throws IOException {
    require("<f8");
    double[] values = new double[data.length / 8];
    ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
    return values;
  }

  long[] longs() throws IOException {
    require("<i8");
    long[] values = new long[data.length / 8];
    ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
    return values;
  }

  private void require(String expected) throws IOException {
    if (!type.equals(expected)) {
      throw new IOException("an array of type " + type + " instead of " + expected);
    }
  }

  static NumpyArray parse(byte[] file) throws IOException {
    if (file.length < 12 || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new IOException("no NumPy array");
    }
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    boolean wide = file[MAGIC.length] >= 2;
    int start = MAGIC.length + 2 + (wide ? 4 : 2);
    long length = wide ? in.getInt(8) & 0xFFFFFFFFL : in.getShort(8) & 0xFFFF;
    if (start + length > file.length) {
      throw new IOException("a NumPy header of " + length + " bytes");
    }
    int end = (int) (start + length);
    String header = new String(file, start, (int) length, StandardCharsets.ISO_8859_1);
    Matcher type = TYPE.matcher(header);
    Matcher shape = SHAPE.matcher(header);
    if (!type.find() || !shape.find() || !ORDER.matcher(header).find()) {
      throw new IOException("a NumPy array of another kind: " + header.strip());
    }
    NumpyArray array =
        new NumpyArray(
            type.group(1), sides(shape.group(1)), Arrays.copyOfRange(file, end, file.length));
    long elements = Arrays.stream(array.shape).asLongStream().reduce(1, (a, b) -> a * b);
    int size = array.type.charAt(2) - '0';
    if (elements * size != array.data.length) {
      throw new IOException(
          array.data.length + " bytes of data for shape " + Arrays.toString(array.shape));
    }
    return array;
  }

  private static int[] sides(String text) throws IOException {
    try {
      return Arrays.stream(text.split(","))
          .map(String::strip)
          .filter(side -> !side.isEmpty())
          .mapToInt(Integer::parseInt)
          .toArray();
    } catch (NumberFormatException e) {
      throw new IOException("a NumPy array of shape (" + text + ")", e);
    }
  }

  /** The file's bytes. */
  byte[] toBytes() {
    String sides =
        Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(type, shape.length == 1 ? sides + "," : sides);
    int start = MAGIC.length + 4;
    int end = (start + header.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    ByteBuffer out = little(end + data.length).put(MAGIC).put((byte) 1).put((byte) 0);
    out.putShort((short) (end - start)).put(header.getBytes(StandardCharsets.ISO_8859_1));
    while (out.position() < end - 1) {
      out.put((byte) ' ');
    }
    return out.put((byte) '\n').put(data).array();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
