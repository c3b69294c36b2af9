package io.kohaku.tensor.file;

import io.kohaku.input.Appearance;
import io.kohaku.input.UnusableFileException;
import io.kohaku.tensor.TensorInfo;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Reads the header of a safetensors file and holds it against the file's length. */
final class CheckedHeader {
  /** Of these nothing can be said that a safetensors file could not begin with as well. */
  private static final Set<Appearance> VAGUE = EnumSet.of(Appearance.UNKNOWN, Appearance.UTF_16);

  /** Texts are what servers and tools leave in place of a file, if they say no more. */
  private static final Set<Appearance> TEXTS =
      EnumSet.of(Appearance.TEXT, Appearance.CSV, Appearance.JSON, Appearance.JSON_ARRAY);

  private final Path file;
  private final FileChannel channel;
  private final long dataStart;
  private final HeaderReader.Header header;

  /** Reads the header of {@code file}, to which {@code channel} is open. */
  CheckedHeader(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    long size = channel.size();
    long length = headerLength(size);
    this.dataStart = 8 + length;
    this.header = readHeader(length);
    checkOffsets(size - dataStart);
  }

  /** Where the first tensor begins, bytes from the file's start. */
  long dataStart() {
    return dataStart;
  }

  HeaderReader.Header header() {
    return header;
  }

  private long headerLength(long size) throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    while (prefix.hasRemaining() && channel.read(prefix, prefix.position()) >= 0) {}
    if (prefix.hasRemaining()) {
      throw otherwise(
          "%s bytes (a safetensors file begins with 8 bytes of length)".formatted(size));
    }
    long length = prefix.getLong(0);
    if (length < 0 || length > SafeTensors.MAX_HEADER) {
      throw otherwise(
          "header length %s (at most %s)"
              .formatted(Long.toUnsignedString(length), SafeTensors.MAX_HEADER));
    }
    if (length == 0 && size > 8) {
      throw otherwise("header length 0");
    }
    if (length > size - 8 && beginsHeader()) {
      throw malformed(
          "header length %s (the file has %s bytes: its end is missing, fetch it again)"
              .formatted(length, size));
    }
    if (length > size - 8) {
      throw otherwise("header length %s (the file has %s bytes)".formatted(length, size));
    }
    return length;
  }

  /** Whether the JSON of a header stands behind the length, be it cut off. */
  private boolean beginsHeader() throws IOException {
    ByteBuffer first = ByteBuffer.allocate(2);
    while (first.hasRemaining() && channel.read(first, 8 + first.position()) >= 0) {}
    return first.get(0) == '{' && first.get(1) == '"';
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

  /** A file whose first bytes are no length: what it is instead, if that can be told. */
  private UnusableFileException otherwise(String problem) throws IOException {
    ByteBuffer head = ByteBuffer.allocate((int) Math.min(Appearance.HEAD, channel.size()));
    while (head.hasRemaining() && channel.read(head, head.position()) >= 0) {}
    Appearance seen = Appearance.of(head.array());
    if (TEXTS.contains(seen) && channel.size() > 8) {
      return new UnusableFileException(
          "Cannot read %s as safetensors: it seems to be %s, as servers answer a failed download (look into it, fetch it again)"
              .formatted(file, seen.words()));
    }
    boolean told = seen != Appearance.ZEROS && !TEXTS.contains(seen) || channel.size() > 8;
    return VAGUE.contains(seen) || !told
        ? malformed(problem)
        : UnusableFileException.of(file, "safetensors", seen);
  }

  /** The tensors must fill the data without holes and overlaps, each as large as its shape says. */
  private void checkOffsets(long dataSize) {
    long expected = 0;
    for (TensorInfo info : byOffset(header.tensors().values())) {
      String tensor = "tensor " + HeaderReader.shown(info.name());
      String offsets = "%s data_offsets [%s, %s]".formatted(tensor, info.begin(), info.end());
      if (info.end() < info.begin()) {
        throw malformed(offsets + " (must not end before it begins)");
      }
      if (info.begin() != expected) {
        throw malformed(
            "%s (must begin at %s, without holes or overlaps)".formatted(offsets, expected));
      }
      if (info.size() != sizeByShape(info, tensor)) {
        throw malformed(
            "%s (%s needs %s bytes)".formatted(offsets, info, sizeByShape(info, tensor)));
      }
      expected = info.end();
    }
    if (expected > dataSize) {
      throw malformed(
          "it ends %s bytes too early: its tensors need %s, it has %s (fetch it again)"
              .formatted(expected - dataSize, expected, dataSize));
    }
    if (expected != dataSize) {
      throw malformed(
          "%s bytes after the last tensor (none allowed)".formatted(dataSize - expected));
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

  private UnusableFileException malformed(String problem) {
    return new UnusableFileException("Invalid safetensors file %s: %s".formatted(file, problem));
  }
}
