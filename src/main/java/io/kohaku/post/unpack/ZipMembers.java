package io.kohaku.post.unpack;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/** The files of a zip archive, read from front to back. */
final class ZipMembers implements Archive {
  private final Tail tail;
  private final ZipArchiveInputStream zip;
  private ZipArchiveEntry current;
  private CheckedInputStream checked;

  ZipMembers(InputStream in) {
    this.tail = new Tail(in);
    this.zip = new ZipArchiveInputStream(tail, StandardCharsets.UTF_8.name(), true, true);
  }

  @Override
  public Member next() throws IOException {
    ZipArchiveEntry entry = nextEntry();
    while (entry != null && entry.isDirectory()) {
      entry = zip.getNextZipEntry();
    }
    if (entry == null) {
      tail.requireDirectory();
      return null;
    } else if (!zip.canReadEntryData(entry)) {
      throw new UnknownPackingException(
          "member " + entry.getName() + " is encrypted or compressed in an unknown way");
    }
    current = entry;
    checked = new CheckedInputStream(zip, new CRC32());
    return new Member(entry.getName(), checked);
  }

  /** The entry behind the one that is read, whose sum may stand behind its bytes. */
  private ZipArchiveEntry nextEntry() throws IOException {
    if (current == null) {
      return zip.getNextZipEntry();
    }
    checked.transferTo(OutputStream.nullOutputStream());
    ZipArchiveEntry next = zip.getNextZipEntry();
    if (current.getCrc() != checked.getChecksum().getValue()) {
      throw new IOException(
          "the bytes of member %s do not have the sum (CRC-32) that its zip archive names"
              .formatted(current.getName()));
    }
    current = null;
    return next;
  }

  /** Keeps the last bytes, where an archive that was not cut off has its directory's end. */
  private static final class Tail extends FilterInputStream {
    private static final int LONGEST_END = 22 + (1 << 16);

    private final byte[] last = new byte[2 * LONGEST_END];
    private int size;

    Tail(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, Math.min(length, LONGEST_END));
      if (read > 0) {
        keep(target, offset, read);
      }
      return read;
    }

    @Override
    public long skip(long count) throws IOException {
      return Math.max(read(new byte[(int) Math.min(count, LONGEST_END)]), 0);
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    private void keep(byte[] bytes, int offset, int count) {
      if (size + count > last.length) {
        System.arraycopy(last, size - LONGEST_END, last, 0, LONGEST_END);
        size = LONGEST_END;
      }
      System.arraycopy(bytes, offset, last, size, count);
      size += count;
    }

    private void requireDirectory() throws IOException {
      byte[] rest = new byte[1 << 12];
      while (read(rest) >= 0) {
        // Read on to the end.
      }
      for (int i = size - 4; i >= 0; i--) {
        if (last[i] == 'P' && last[i + 1] == 'K' && last[i + 2] == 5 && last[i + 3] == 6) {
          return;
        }
      }
      throw new IOException("the end of its zip archive is missing");
    }
  }
}
