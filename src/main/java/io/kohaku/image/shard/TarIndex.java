package io.kohaku.image.shard;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Walks the headers of one tar archive, PAX and GNU long names included, skipping over all data.
 *
 * <p>A damaged or cut archive gives what lies before the damage and one reject that says so.
 */
final class TarIndex {
  private TarIndex() {}

  /** Reports every entry in order. */
  static void walk(SkippingStream archive, long length, Consumer<ArchiveEntry> entries)
      throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream((InputStream) archive);
    while (true) {
      archive.allowHeaderBytes();
      TarArchiveEntry entry;
      try {
        entry = tar.getNextTarEntry();
      } catch (IOException | RuntimeException e) {
        archive.rethrowFailure();
        String damage = "after byte " + archive.position() + " of the archive: " + e.getMessage();
        entries.accept(new ArchiveEntry.Reject(RejectReason.BROKEN_ARCHIVE, damage));
        return;
      }
      if (entry == null) {
        return;
      }
      if (!entry.isDirectory()) {
        entries.accept(entry(entry, archive.position(), length));
      }
    }
  }

  private static ArchiveEntry entry(TarArchiveEntry entry, long offset, long length) {
    try {
      return member(entry, offset, length);
    } catch (ImageRejected e) {
      return new ArchiveEntry.Reject(e.reason(), e.getMessage());
    }
  }

  private static ArchiveEntry member(TarArchiveEntry entry, long offset, long length)
      throws ImageRejected {
    String path = entry.getName();
    if (entry.isSparse()) {
      throw new ImageRejected(RejectReason.SPARSE_FILE, path);
    }
    if (!isRegular(entry.getLinkFlag())) {
      throw new ImageRejected(RejectReason.NOT_A_FILE, path);
    }
    MemberName name = MemberName.parse(path);
    if (entry.getSize() <= 0 || entry.getSize() > length - offset) {
      throw new ImageRejected(
          RejectReason.TRUNCATED,
          "%s: %s bytes at %s of an archive of %s"
              .formatted(path, entry.getSize(), offset, length));
    }
    return new ArchiveEntry.Member(name, offset, entry.getSize());
  }

  private static boolean isRegular(byte kind) {
    return kind == TarConstants.LF_NORMAL
        || kind == TarConstants.LF_OLDNORM
        || kind == TarConstants.LF_CONTIG;
  }
}
