package io.kohaku.tensor.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file, opened for reading: its header checked, its tensors mapped when asked for.
 *
 * <p>Layout: 8 bytes with the length N of the header (little-endian), N bytes of JSON, then the
 * tensors without holes. Nothing of a file is believed before it is checked: a malformed one gives
 * an {@link IllegalArgumentException} that names the file and the tensor.
 */
public final class SafeTensors implements AutoCloseable {
  private static final long PART = 64L << 20;
  static final int MAX_HEADER = 100_000_000;
  static final String METADATA = "__metadata__";

  private final Path file;
  private final FileChannel channel;
  private final long dataStart;
  private final HeaderReader.Header header;
  private final MappedTensors mapped;

  private SafeTensors(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    long size = channel.size();
    long length = headerLength(size);
    this.dataStart = 8 + length;
    this.header = readHeader(length);
    checkOffsets(size - dataStart);
    this.mapped = new MappedTensors(file, size);
  }

  /** Opens {@code file} and checks its header. */
  public static SafeTensors open(Path file) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      return new SafeTensors(file, channel);
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException("Missing safetensors file: " + file, e);
    } catch (IOException e) {
      closeQuietly(channel, e);
      throw new UncheckedIOException("Cannot read %s: %s".formatted(file, e.getMessage()), e);
    } catch (RuntimeException e) {
      closeQuietly(channel, e);
      throw e;
    }
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /** The texts of {@code __metadata__}, in the file's order. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** All tensors by name, in the header's order. */
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(header.tensors());
  }

  /** The tensor called {@code name}. */
  public TensorInfo info(String name) {
    TensorInfo info = header.tensors().get(name);
    if (info == null) {
      throw new IllegalArgumentException(
          "Missing tensor: %s in %s".formatted(HeaderReader.shown(name), file));
    }
    return info;
  }

  /**
   * A tensor as stored, on the CPU, without copying: its pages are read when first touched.
   *
   * <p>It stays valid after this file is closed. Writing into it changes only this process's copy.
   * A BF16 tensor is an opaque handle for kernels.
   */
  public NDArray view(NDManager scope, String name) {
    return mapped.view(scope, info(name), dataStart);
  }

  /**
   * A copy of a tensor in its own memory, converted to {@code dtype}, on the device of {@code
   * scope}.
   */
  public NDArray read(NDManager scope, String name, Dtype dtype) {
    return mapped.copy(scope, info(name), dataStart, dtype);
  }

  /** The bytes of a tensor as stored (little-endian), read-only and mapped; up to 2 GiB. */
  public ByteBuffer bytes(String name) {
    return bytes(name, 0, info(name).size());
  }

  /** {@code length} bytes of a tensor from its byte {@code offset} on, read-only and mapped. */
  public ByteBuffer bytes(String name, long offset, long length) {
    TensorInfo info = info(name);
    if (offset < 0 || length < 0 || length > info.size() - offset) {
      throw new IllegalArgumentException(
          "Invalid range: %d bytes at %d (tensor %s of %s has %d)"
              .formatted(length, offset, HeaderReader.shown(name), file, info.size()));
    }
    if (length > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Cannot map tensor %s of %s: %d bytes at once (at most %d; read it in parts)"
              .formatted(HeaderReader.shown(name), file, length, Integer.MAX_VALUE));
    }
    try {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, dataStart + info.begin() + offset, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot map tensor %s of %s: %s"
              .formatted(HeaderReader.shown(name), file, e.getMessage()),
          e);
    }
  }

  /** The tensor {@code source}, byte for byte, to be written into another file as {@code name}. */
  public TensorSource source(String name, String source) {
    TensorInfo info = info(source);
    return new TensorSource(
        name,
        info.dtype(),
        info.shape(),
        out -> {
          for (long at = 0; at < info.size(); at += PART) {
            TensorSource.writeFully(bytes(source, at, Math.min(PART, info.size() - at)), out);
          }
        });
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close %s: %s".formatted(file, e.getMessage()), e);
    } finally {
      mapped.close();
    }
  }

  private long headerLength(long size) throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    while (prefix.hasRemaining() && channel.read(prefix, prefix.position()) >= 0) {}
    if (prefix.hasRemaining()) {
      throw malformed(
          "%d bytes (a safetensors file begins with 8 bytes of length)".formatted(size));
    }
    long length = prefix.getLong(0);
    if (length < 0 || length > MAX_HEADER) {
      throw malformed(
          "header length %s (at most %d)".formatted(Long.toUnsignedString(length), MAX_HEADER));
    }
    if (length > size - 8) {
      throw malformed("header length %d (the file has %d bytes)".formatted(length, size));
    }
    return length;
  }

  private HeaderReader.Header readHeader(long length) throws IOException {
    channel.position(8);
    InputStreamReader text =
        new InputStreamReader(
            new BoundedInput(Channels.newInputStream(channel), length),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    try {
      return HeaderReader.read(text);
    } catch (IllegalArgumentException e) {
      throw malformed(e.getMessage());
    }
  }

  /** The tensors must fill the data without holes and overlaps, each as large as its shape says. */
  private void checkOffsets(long dataSize) {
    long expected = 0;
    for (TensorInfo info : byOffset(header.tensors().values())) {
      String tensor = "tensor " + HeaderReader.shown(info.name());
      String offsets = "%s data_offsets [%d, %d]".formatted(tensor, info.begin(), info.end());
      if (info.end() < info.begin()) {
        throw malformed(offsets + " (must not end before it begins)");
      }
      if (info.end() > dataSize) {
        throw malformed("%s (the file has %d bytes of data)".formatted(offsets, dataSize));
      }
      if (info.begin() != expected) {
        throw malformed(
            "%s (must begin at %d, without holes or overlaps)".formatted(offsets, expected));
      }
      if (info.size() != sizeByShape(info, tensor)) {
        throw malformed(
            "%s (%s needs %d bytes)".formatted(offsets, info, sizeByShape(info, tensor)));
      }
      expected = info.end();
    }
    if (expected != dataSize) {
      throw malformed(
          "%d bytes after the last tensor (none allowed)".formatted(dataSize - expected));
    }
  }

  private long sizeByShape(TensorInfo info, String tensor) {
    try {
      return info.dtype().bytes(info.elements());
    } catch (ArithmeticException e) {
      throw malformed("%s shape (%s: %s)".formatted(tensor, info, e.getMessage()));
    }
  }

  private static List<TensorInfo> byOffset(Collection<TensorInfo> tensors) {
    return tensors.stream()
        .sorted(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end))
        .toList();
  }

  private IllegalArgumentException malformed(String problem) {
    return new IllegalArgumentException("Invalid safetensors file %s: %s".formatted(file, problem));
  }

  private static void closeQuietly(FileChannel channel, Exception cause) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
