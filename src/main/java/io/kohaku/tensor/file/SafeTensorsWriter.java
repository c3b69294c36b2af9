package io.kohaku.tensor.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kohaku.files.local.WholeFile;
import io.kohaku.tensor.TensorSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes safetensors files tensor by tensor, in the order of the format's own writer: wide element
 * types first, then by name, so that every tensor lies on a multiple of its element size.
 *
 * <p>A local file appears under its name only when it is whole.
 */
public final class SafeTensorsWriter {
  private static final JsonFactory JSON = new JsonFactory();

  private SafeTensorsWriter() {}

  /** Writes {@code file}, replacing one that is there in one step. */
  public static void write(
      Path file, Map<String, String> metadata, Collection<TensorSource> tensors)
      throws IOException {
    try {
      WholeFile.write(
          file.toAbsolutePath(),
          part -> {
            try (FileChannel out =
                FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
              write(out, metadata, tensors);
              out.force(true);
            }
          });
    } catch (NoSuchFileException e) {
      throw new IOException("Cannot write %s: its folder is missing".formatted(file), e);
    } catch (IOException e) {
      throw new IOException("Cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Writes the bytes of a file into {@code out}, front to back. */
  public static void write(
      WritableByteChannel out, Map<String, String> metadata, Collection<TensorSource> tensors)
      throws IOException {
    List<TensorSource> ordered = ordered(tensors);
    CountingChannel counted = new CountingChannel(out);
    counted.write(header(metadata, ordered));
    for (TensorSource tensor : ordered) {
      long before = counted.count();
      tensor.content().writeTo(counted);
      long written = counted.count() - before;
      if (written != tensor.size()) {
        throw new IOException(
            "tensor %s gave %s bytes (its shape needs %s)"
                .formatted(HeaderReader.shown(tensor.name()), written, tensor.size()));
      }
    }
  }

  private static List<TensorSource> ordered(Collection<TensorSource> tensors) {
    Set<String> names = new HashSet<>();
    for (TensorSource tensor : tensors) {
      if (tensor.name().equals(SafeTensors.METADATA) || !names.add(tensor.name())) {
        throw new IllegalArgumentException(
            "Invalid tensor name: %s (must be unique and not %s)"
                .formatted(HeaderReader.shown(tensor.name()), SafeTensors.METADATA));
      }
    }
    return tensors.stream()
        .sorted(Comparator.comparing(TensorSource::dtype).thenComparing(TensorSource::name))
        .toList();
  }

  /** Length, JSON and spaces up to a multiple of 8. */
  private static ByteBuffer header(Map<String, String> metadata, List<TensorSource> tensors)
      throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(SafeTensors.METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long begin = 0;
      for (TensorSource tensor : tensors) {
        long end = Math.addExact(begin, tensor.size());
        writeEntry(json, tensor, begin, end);
        begin = end;
      }
      json.writeEndObject();
    }
    while (text.size() % 8 != 0) {
      text.write(' ');
    }
    if (text.size() > SafeTensors.MAX_HEADER) {
      throw new IllegalArgumentException(
          "Invalid header: %s bytes (at most %s; leave out the largest metadata)"
              .formatted(text.size(), SafeTensors.MAX_HEADER));
    }
    ByteBuffer header = ByteBuffer.allocate(8 + text.size()).order(ByteOrder.LITTLE_ENDIAN);
    return header.putLong(text.size()).put(text.toByteArray()).flip();
  }

  private static void writeEntry(JsonGenerator json, TensorSource tensor, long begin, long end)
      throws IOException {
    json.writeObjectFieldStart(tensor.name());
    json.writeStringField("dtype", tensor.dtype().name());
    json.writeFieldName("shape");
    long[] shape = tensor.shape();
    json.writeArray(shape, 0, shape.length);
    json.writeFieldName("data_offsets");
    json.writeArray(new long[] {begin, end}, 0, 2);
    json.writeEndObject();
  }

  /** Counts what goes through. */
  private static final class CountingChannel implements WritableByteChannel {
    private final WritableByteChannel out;
    private long count;

    private CountingChannel(WritableByteChannel out) {
      this.out = out;
    }

    private long count() {
      return count;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int before = bytes.remaining();
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      count += before;
      return before;
    }

    @Override
    public boolean isOpen() {
      return out.isOpen();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
