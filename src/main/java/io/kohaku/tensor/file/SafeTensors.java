package io.kohaku.tensor.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.kohaku.input.UnusableFileException;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorInfo;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/**
 * A safetensors file, opened for reading: its header checked, its tensors mapped when asked for.
 *
 * <p>Layout: 8 bytes with the length N of the header (little-endian), N bytes of JSON, then the
 * tensors without holes. Nothing of a file is believed before it is checked: a malformed one gives
 * an {@link UnusableFileException} that names the file and the tensor.
 */
public final class SafeTensors implements TensorStore {
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
    CheckedHeader checked = new CheckedHeader(file, channel);
    this.dataStart = checked.dataStart();
    this.header = checked.header();
    this.mapped = new MappedTensors(file, channel.size(), dataStart);
  }

  /** Opens {@code file} and checks its header. */
  public static SafeTensors open(Path file) {
    if (Files.isDirectory(file)) {
      throw new UnusableFileException(
          "Cannot read %s as safetensors: it is a folder (name a file in it)".formatted(file));
    }
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
  @Override
  public Path file() {
    return file;
  }

  /** The texts of {@code __metadata__}, in the file's order. */
  @Override
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /** All tensors by name, in the header's order. */
  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(header.tensors());
  }

  /** The tensor called {@code name}. */
  @Override
  public TensorInfo info(String name) {
    TensorInfo info = header.tensors().get(name);
    if (info == null) {
      throw new UnusableFileException(
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
    return mapped.view(scope, info(name));
  }

  /**
   * A copy of a tensor in its own memory, converted to {@code dtype}, on the device of {@code
   * scope}.
   */
  public NDArray read(NDManager scope, String name, Dtype dtype) {
    return mapped.copy(scope, info(name), dtype);
  }

  /** The bytes of a tensor as stored (little-endian), read-only and mapped; up to 2 GiB. */
  public ByteBuffer bytes(String name) {
    TensorInfo info = info(name);
    if (info.size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Cannot map tensor %s of %s: %s bytes at once (at most %s; read it in parts)"
              .formatted(HeaderReader.shown(name), file, info.size(), Integer.MAX_VALUE));
    }
    try {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, dataStart + info.begin(), info.size())
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot map tensor %s of %s: %s"
              .formatted(HeaderReader.shown(name), file, e.getMessage()),
          e);
    }
  }

  /** Fills {@code target} with the bytes of a tensor from its byte {@code offset} on, unmapped. */
  @Override
  public void read(String name, long offset, ByteBuffer target) throws IOException {
    TensorInfo info = info(name);
    if (offset < 0 || target.remaining() > info.size() - offset) {
      throw new IllegalArgumentException(
          "Invalid range: %s bytes at %s (tensor %s of %s has %s)"
              .formatted(target.remaining(), offset, HeaderReader.shown(name), file, info.size()));
    }
    long position = dataStart + info.begin() + offset;
    while (target.hasRemaining()) {
      int count = channel.read(target, position);
      if (count < 0) {
        throw new EOFException("Cannot read tensor " + name + ": " + file + " has shrunk");
      }
      position += count;
    }
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
