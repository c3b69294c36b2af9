package io.kohaku.latent.npz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One array in NumPy's {@code .npy} format.
 *
 * @param type of its numbers
 * @param fortran whether the first index runs fastest; else the last one does
 * @param shape dimensions
 * @param data the elements' bytes
 */
record NumpyArray(NumpyType type, boolean fortran, int[] shape, byte[] data) {

  /** More than latents of 16384 pixels along both sides have. */
  private static final long MOST_BYTES = 1 << 27;

  static NumpyArray floats(int[] shape, float[] values) {
    ByteBuffer data = little(Float.BYTES * values.length);
    data.asFloatBuffer().put(values);
    return new NumpyArray(NumpyType.FLOAT, false, shape, data.array());
  }

  static NumpyArray doubles(double... values) {
    ByteBuffer data = little(Double.BYTES * values.length);
    data.asDoubleBuffer().put(values);
    return new NumpyArray(NumpyType.DOUBLE, false, new int[] {values.length}, data.array());
  }

  static NumpyArray longs(long... values) {
    ByteBuffer data = little(Long.BYTES * values.length);
    data.asLongBuffer().put(values);
    return new NumpyArray(NumpyType.LONG, false, new int[] {values.length}, data.array());
  }

  /** Its numbers, the last index running fastest. */
  double[] doubles() {
    ByteBuffer numbers = ByteBuffer.wrap(data).order(type.order());
    double[] values = new double[data.length / type.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.number(numbers, type.bytes() * (fortran ? place(i) : i));
    }
    return values;
  }

  /** Where the first index runs fastest: the place of what is the i-th if the last one does. */
  private int place(int i) {
    int place = 0;
    int rest = i;
    int stride = data.length / type.bytes();
    for (int side = shape.length - 1; side >= 0; side--) {
      stride /= shape[side];
      place += rest % shape[side] * stride;
      rest /= shape[side];
    }
    return place;
  }

  /** The nearest single-precision numbers; beyond their range an infinity. */
  float[] floats() {
    double[] values = doubles();
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /**
   * Reads an array to its end.
   *
   * @throws IOException saying what is wrong with it
   */
  static NumpyArray read(InputStream in) throws IOException {
    NumpyHeader header = NumpyHeader.read(in);
    NumpyType type = NumpyType.parse(header.descr());
    long bytes = type.bytes();
    for (int side : header.shape()) {
      bytes = bytes > MOST_BYTES && side > 0 ? bytes : bytes * side;
    }
    if (bytes > MOST_BYTES) {
      throw new IOException("an array of shape " + Arrays.toString(header.shape()));
    }
    byte[] data = in.readNBytes((int) bytes);
    if (data.length != bytes || in.read() != -1) {
      throw new IOException(
          "%s bytes of data for shape %s"
              .formatted(
                  data.length == bytes ? "more than " + bytes : data.length,
                  Arrays.toString(header.shape())));
    }
    return new NumpyArray(type, header.fortran(), header.shape(), data);
  }

  /** The file's bytes. */
  byte[] toBytes() {
    byte[] header = new NumpyHeader(type.descr(), fortran, shape).toBytes();
    byte[] file = Arrays.copyOf(header, header.length + data.length);
    System.arraycopy(data, 0, file, header.length, data.length);
    return file;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
