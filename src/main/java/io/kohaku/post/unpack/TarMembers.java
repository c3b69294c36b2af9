package io.kohaku.post.unpack;

import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** The files of a tar archive, and of others that follow its end in the same file. */
final class TarMembers implements Archive {
  /** A whole block at a time would read over the start of an archive that follows. */
  private static final int RECORD = 512;

  private final InputStream in;
  private Tar tar;

  /** Reads a stream that can go back. */
  TarMembers(InputStream in) {
    this.in = in;
    this.tar = new Tar(in);
  }

  @Override
  public Member next() throws IOException {
    while (true) {
      TarArchiveEntry entry = tar.getNextTarEntry();
      if (entry == null) {
        if (!tar.ended) {
          throw new IOException(
              "its tar archive lacks the zeros that end one, as if its writer had been stopped");
        }
        if (!Zeros.skip(in)) {
          return null;
        }
        tar = new Tar(in);
      } else if (!entry.isCheckSumOK()) {
        throw new IOException("the header of a member of its tar archive is damaged");
      } else if (isFile(entry)) {
        return new Member(entry.getName(), tar);
      }
    }
  }

  /** Whether there are bytes in the entry, unlike in folders, links and devices. */
  private static boolean isFile(TarArchiveEntry entry) {
    return entry.isFile()
        && !entry.isLink()
        && !entry.isSymbolicLink()
        && !entry.isFIFO()
        && !entry.isBlockDevice()
        && !entry.isCharacterDevice();
  }

  /** Remembers whether the archive's end was seen, and not only that of its bytes. */
  private static final class Tar extends TarArchiveInputStream {
    private boolean ended;

    Tar(InputStream in) {
      super(in, RECORD, RECORD);
    }

    @Override
    protected boolean isEOFRecord(byte[] record) {
      boolean end = super.isEOFRecord(record);
      ended |= end && record != null;
      return end;
    }
  }
}
