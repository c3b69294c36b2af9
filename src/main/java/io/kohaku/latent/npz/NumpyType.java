package io.kohaku.latent.npz;

import io.kohaku.number.HalfFloat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of an array's numbers.
 *
 * @param kind {@code f}: IEEE 754, {@code i}: signed, {@code u}: unsigned
 * @param bytes of one number
 * @param order of its bytes
 */
record NumpyType(char kind, int bytes, ByteOrder order) {
  static final NumpyType FLOAT = new NumpyType('f', Float.BYTES, ByteOrder.LITTLE_ENDIAN);
  static final NumpyType DOUBLE = new NumpyType('f', Double.BYTES, ByteOrder.LITTLE_ENDIAN);
  static final NumpyType LONG = new NumpyType('i', Long.BYTES, ByteOrder.LITTLE_ENDIAN);

  private static final Pattern NUMBER = Pattern.compile("([<>=|]?)(f[248]|[iu][1248])");

  private static final Map<Character, String> OTHERS =
      Map.of(
          'O', "Python objects, which only a pickle holds",
          'b', "truth values",
          'c', "complex numbers",
          'S', "texts",
          'U', "texts",
          'V', "bytes that NumPy knows no numbers for, as it writes bfloat16");

  /**
   * The type that a header names.
   *
   * @throws IOException if it is none of numbers that are read here
   */
  static NumpyType parse(String descr) throws IOException {
    Matcher matcher = NUMBER.matcher(descr);
    if (!matcher.matches()) {
      String bare = descr.replaceFirst("^[<>=|]", "");
      String what = bare.isEmpty() ? null : OTHERS.get(bare.charAt(0));
      throw new IOException(
          "an array of type " + descr + (what == null ? ", not of numbers" : ": " + what));
    }
    String type = matcher.group(2);
    return new NumpyType(
        type.charAt(0),
        type.charAt(1) - '0',
        matcher.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  boolean isFloat() {
    return kind == 'f';
  }

  /** As headers have it. */
  String descr() {
    return (bytes == 1 ? "|" : order == ByteOrder.BIG_ENDIAN ? ">" : "<") + kind + bytes;
  }

  /** The number at a place of bytes in this type's order; exact but for integers above 2^53. */
  double number(ByteBuffer data, int place) {
    return isFloat() ? real(data, place) : integer(data, place);
  }

  private double real(ByteBuffer data, int place) {
    return switch (bytes) {
      case Short.BYTES -> HalfFloat.decode(data.getShort(place));
      case Float.BYTES -> data.getFloat(place);
      default -> data.getDouble(place);
    };
  }

  private double integer(ByteBuffer data, int place) {
    long signed =
        switch (bytes) {
          case Byte.BYTES -> data.get(place);
          case Short.BYTES -> data.getShort(place);
          case Integer.BYTES -> data.getInt(place);
          default -> data.getLong(place);
        };
    boolean wraps = kind == 'u' && signed < 0;
    return wraps ? signed + Math.scalb(1.0, Byte.SIZE * bytes) : signed;
  }
}
