package io.kohaku.tensor.file;

import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/** Stored tensors by name, read part by part: a safetensors file, or several seen as one. */
public interface TensorStore extends AutoCloseable {
  /** Bytes that are read at once. */
  int PART = 8 << 20;

  /** The file or folder. */
  Path file();

  /** The texts that come with the tensors. */
  Map<String, String> metadata();

  /** All tensors by name. */
  Map<String, TensorInfo> tensors();

  /** The tensor called {@code name}. */
  TensorInfo info(String name);

  /** Fills {@code target} with the bytes of a tensor from its byte {@code offset} on. */
  void read(String name, long offset, ByteBuffer target) throws IOException;

  /** A tensor, byte for byte, to be written into another file; read part by part. */
  default TensorSource source(String name) {
    TensorInfo info = info(name);
    return new TensorSource(
        name,
        info.dtype(),
        info.shape(),
        out -> {
          ByteBuffer part = ByteBuffer.allocateDirect((int) Math.min(PART, info.size()));
          for (long at = 0; at < info.size(); at += PART) {
            read(name, at, part.clear().limit((int) Math.min(PART, info.size() - at)));
            TensorSource.writeFully(part.flip(), out);
          }
        });
  }

  @Override
  void close();
}
