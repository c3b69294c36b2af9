package io.kohaku.tensor.script;

import io.kohaku.tensor.TensorSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A zip of entries that are not compressed, below one folder; the same entries give the same bytes
 * at every time and place.
 */
final class StoredZip implements AutoCloseable {
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private final ZipOutputStream zip;
  private final String folder;

  StoredZip(OutputStream out, String folder) {
    this.zip = new ZipOutputStream(out);
    this.folder = folder;
    zip.setMethod(ZipOutputStream.STORED);
  }

  /** Adds an entry of these bytes. */
  void put(String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    begin(name, content.length, crc);
    zip.write(content);
    zip.closeEntry();
  }

  /** Adds the bytes of a tensor, which are produced twice: for their check sum and to be kept. */
  void put(String name, TensorSource tensor) throws IOException {
    CRC32 crc = new CRC32();
    tensor.content().writeTo(new Sink((bytes, count) -> crc.update(bytes, 0, count)));
    begin(name, tensor.size(), crc);
    tensor.content().writeTo(new Sink((bytes, count) -> zip.write(bytes, 0, count)));
    zip.closeEntry();
  }

  private void begin(String name, long size, CRC32 crc) throws IOException {
    ZipEntry entry = new ZipEntry(folder + "/" + name);
    entry.setTimeLocal(TIME);
    entry.setSize(size);
    entry.setCompressedSize(size);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  /** Takes some bytes. */
  @FunctionalInterface
  private interface Taker {
    void take(byte[] bytes, int count) throws IOException;
  }

  /** Hands on what is written, some at a time. */
  private static final class Sink implements WritableByteChannel {
    private final byte[] some = new byte[1 << 16];
    private final Taker taker;

    Sink(Taker taker) {
      this.taker = taker;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int all = bytes.remaining();
      while (bytes.hasRemaining()) {
        int count = Math.min(some.length, bytes.remaining());
        bytes.get(some, 0, count);
        taker.take(some, count);
      }
      return all;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
