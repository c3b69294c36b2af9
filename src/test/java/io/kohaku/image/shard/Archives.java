package io.kohaku.image.shard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.fs.PositionedReadable;

/** Tar archives made in memory, well-formed and hostile. */
public final class Archives {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

  /** An empty archive that writes long names as {@code mode} says. */
  public static Archives longNames(int mode) {
    Archives archives = new Archives();
    archives.tar.setLongFileMode(mode);
    archives.tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    return archives;
  }

  /** An empty archive. */
  public static Archives empty() {
    return longNames(TarArchiveOutputStream.LONGFILE_POSIX);
  }

  /** Adds a file. */
  public Archives file(String name, byte[] data) {
    try {
      TarArchiveEntry entry = new TarArchiveEntry(name, true);
      entry.setModTime(0L);
      entry.setSize(data.length);
      tar.putArchiveEntry(entry);
      tar.write(data);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds an entry without data, for example a device. */
  public Archives special(String name, byte kind) {
    return link(name, kind, kind == TarConstants.LF_SYMLINK ? "/etc/passwd" : "");
  }

  /** Adds a link to something. */
  public Archives link(String name, byte kind, String target) {
    try {
      TarArchiveEntry entry = new TarArchiveEntry(name, kind, true);
      entry.setModTime(0L);
      entry.setLinkName(target);
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The archive with its end marker. */
  public byte[] finish() {
    try {
      tar.close();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the index finds in these bytes. */
  static List<ArchiveEntry> walk(byte[] archive) throws IOException {
    return TarIndex.walk(stream(archive));
  }

  /** Makes the check sum of the header at this place true. */
  static void mend(byte[] archive, int header) {
    Arrays.fill(archive, header + 148, header + 156, (byte) ' ');
    int sum = 0;
    for (int i = header; i < header + TarHeader.BLOCK; i++) {
      sum += archive[i] & 0xFF;
    }
    System.arraycopy(octal(sum, 6), 0, archive, header + 148, 6);
    archive[header + 154] = 0;
  }

  /** A number as headers hold it: octal, with zeros before it. */
  static byte[] octal(long number, int digits) {
    String text = Long.toOctalString(number);
    return ("0".repeat(digits - text.length()) + text).getBytes(StandardCharsets.US_ASCII);
  }

  /** One after the other. */
  static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  static ArchiveBytes stream(byte[] archive) {
    return new ArchiveBytes(new InMemory(archive), archive.length);
  }

  private record InMemory(byte[] bytes) implements PositionedReadable {
    @Override
    public int read(long position, byte[] buffer, int offset, int length) {
      System.arraycopy(bytes, (int) position, buffer, offset, length);
      return length;
    }

    @Override
    public void readFully(long position, byte[] buffer, int offset, int length) {
      read(position, buffer, offset, length);
    }

    @Override
    public void readFully(long position, byte[] buffer) {
      read(position, buffer, 0, buffer.length);
    }
  }
}
