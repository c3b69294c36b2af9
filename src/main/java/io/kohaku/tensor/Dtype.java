package io.kohaku.tensor;

import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.Optional;

/**
 * The element types of safetensors files, in the order in which a file is written: wide ones first.
 *
 * <p>{@link #code()} is the number by which kernels know the type; {@link #dataType()} is DJL's
 * type. BF16 has none: DJL ends the process when asked about one, so it stays an opaque handle.
 */
public enum Dtype {
  U64(64, 29, null),
  I64(64, 4, DataType.INT64),
  F64(64, 7, DataType.FLOAT64),
  C64(64, 9, null),
  F32(32, 6, DataType.FLOAT32),
  U32(32, 28, null),
  I32(32, 3, DataType.INT32),
  BF16(16, 15, null),
  F16(16, 5, DataType.FLOAT16),
  U16(16, 27, null),
  I16(16, 2, null),
  F8_E5M2FNUZ(8, 25, null),
  F8_E4M3FNUZ(8, 26, null),
  F8_E8M0(8, 44, null),
  F8_E4M3(8, 24, null),
  F8_E5M2(8, 23, null),
  I8(8, 1, DataType.INT8),
  U8(8, 0, DataType.UINT8),
  F6_E3M2(6, -1, null),
  F6_E2M3(6, -1, null),
  F4(4, -1, null),
  BOOL(8, 11, DataType.BOOLEAN);

  private final int bits;
  private final int code;
  private final DataType dataType;

  Dtype(int bits, int code, DataType dataType) {
    this.bits = bits;
    this.code = code;
    this.dataType = dataType;
  }

  /** The type called {@code name} in a file, if there is one. */
  public static Optional<Dtype> named(String name) {
    return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
  }

  /** Bits per element; below 8 for the packed types. */
  public int bits() {
    return bits;
  }

  /** TorchScript's number of this type. */
  public int code() {
    if (code < 0) {
      throw new IllegalArgumentException(
          "Cannot compute with %s: no kernel takes it".formatted(this));
    }
    return code;
  }

  /**
   * Whether it is one of the formats that weights are stored in: F64, F32, F16, BF16 and those of 8
   * bits, whose numbers are computed with as F32.
   */
  public boolean isFloating() {
    return this == F64 || this == F32 || this == F16 || this == BF16 || isEightBits();
  }

  /** Whether it is a floating-point format of 8 bits: sign, exponent and mantissa in each byte. */
  private boolean isEightBits() {
    return this == F8_E4M3 || this == F8_E5M2 || this == F8_E4M3FNUZ || this == F8_E5M2FNUZ;
  }

  /** Bytes of {@code count} elements; fails on overflow or where they fill no whole byte. */
  public long bytes(long count) {
    long all = Math.multiplyExact(count, (long) bits);
    if (all % 8 != 0) {
      throw new ArithmeticException("no whole number of bytes");
    }
    return all / 8;
  }

  /** DJL's type, if DJL can hold one. */
  public Optional<DataType> dataType() {
    return Optional.ofNullable(dataType);
  }
}
