package io.kohaku.weights;

import io.kohaku.ownership.Closer;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.file.SafeTensors;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** A safetensors file whose bytes are read part by part into the caller's memory. */
public final class RawTensors implements AutoCloseable {
  private final SafeTensors header;
  private final FileChannel channel;
  private final long dataStart;

  private RawTensors(SafeTensors header, FileChannel channel, long dataStart) {
    this.header = header;
    this.channel = channel;
    this.dataStart = dataStart;
  }

  public static RawTensors open(Path file) {
    try (Closer opening = new Closer()) {
      SafeTensors header = opening.add(SafeTensors.open(file));
      FileChannel channel = opening.add(FileChannel.open(file, StandardOpenOption.READ));
      long data = header.tensors().values().stream().mapToLong(TensorInfo::end).max().orElse(0);
      RawTensors raw = new RawTensors(header, channel, channel.size() - data);
      opening.release();
      return raw;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  public Path file() {
    return header.file();
  }

  public Map<String, TensorInfo> tensors() {
    return header.tensors();
  }

  public Map<String, String> metadata() {
    return header.metadata();
  }

  public TensorInfo info(String name) {
    return header.info(name);
  }

  /** Fills {@code target} with the bytes of a tensor from its byte {@code offset} on. */
  public void read(String name, long offset, ByteBuffer target) throws IOException {
    long position = dataStart + info(name).begin() + offset;
    while (target.hasRemaining()) {
      int count = channel.read(target, position);
      if (count < 0) {
        throw new EOFException("Cannot read tensor " + name + ": " + file() + " has shrunk");
      }
      position += count;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close " + file() + ": " + e.getMessage(), e);
    } finally {
      header.close();
    }
  }
}
