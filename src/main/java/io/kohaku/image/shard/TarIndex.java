package io.kohaku.image.shard;

import io.kohaku.image.RejectReason;
import io.kohaku.input.Appearance;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Walks the headers of one tar archive, PAX and GNU ones included, skipping over all data.
 *
 * <p>Members are what GNU tar would unpack with {@code --ignore-zeros}. Where a header is damaged
 * the walk goes on at the next good one; what is left out or doubtful is a reject.
 */
final class TarIndex {
  /** More zeros than tar fills its last record up with. */
  private static final int MOST_ZEROS = 1 << 20;

  /** GNU tar's: what follows began in the volume before. */
  private static final byte CONTINUES = 'M';

  /** What a tar archive whose beginning is damaged may seem to be. */
  private static final Set<Appearance> PERHAPS_TAR =
      Set.of(Appearance.TAR, Appearance.UNKNOWN, Appearance.ZEROS);

  private final ArchiveBytes archive;
  private final TarExtensions extensions = new TarExtensions();
  private final TarContents contents = new TarContents();

  private long position;

  /** A file of which it was not seen yet what follows; null if there is none. */
  private TarMember last;

  /** From here on a header may lie unseen, if the last one claims more than it has. */
  private long unseen;

  /** Whether the next member may have lost the header that names it. */
  private boolean nameless;

  private boolean afterDamage;

  /** Whether the last file was found behind damage. */
  private boolean resumed;

  private boolean headers;
  private boolean ended;

  private TarIndex(ArchiveBytes archive) {
    this.archive = archive;
  }

  /** Everything in the archive, in its order; links that are looked through come last. */
  static List<ArchiveEntry> walk(ArchiveBytes archive) throws IOException {
    TarIndex index = new TarIndex(archive);
    index.walk();
    return index.contents.finish();
  }

  private void walk() throws IOException {
    while (position + TarHeader.BLOCK <= archive.length()) {
      byte[] block = archive.read(position, TarHeader.BLOCK);
      Optional<TarHeader> header = TarHeader.of(block);
      if (header.isPresent()) {
        settle();
        headers = true;
        ended = false;
        header(header.get(), position + TarHeader.BLOCK);
      } else if (TarMember.isZero(block)) {
        zeros();
      } else if (isOther()) {
        break;
      } else {
        damage(position, false, "no header whose check sum holds");
      }
    }
    end();
  }

  /** Whether the file is known to be something else, in which no headers need to be looked for. */
  private boolean isOther() throws IOException {
    return position == 0 && !PERHAPS_TAR.contains(Appearance.of(archive.read(0, Appearance.HEAD)));
  }

  private void header(TarHeader header, long data) throws IOException {
    unseen = data;
    try {
      if (header.isExtension()) {
        extensions.add(header, archive, data);
        position = data + TarHeader.blocks(header.size());
      } else {
        TarHeader whole = extensions.apply(header);
        extensions.clear();
        entry(whole, header.continued() ? archive.behindHoles(data) : data);
      }
    } catch (IllegalArgumentException e) {
      damage(data, true, e.getMessage());
    }
  }

  private void entry(TarHeader header, long data) throws IOException {
    TarMember member = new TarMember(header.name(), data, header.size());
    boolean other = header.isRegular() && member.image().isEmpty(); // An archive, it may be.
    boolean fits = header.size() <= archive.length() - data;
    boolean doubted = nameless || (fits && afterDamage && member.isCutShort(archive));
    long end = fits ? data + TarHeader.blocks(header.size()) : archive.length();
    long next = other || (fits && !afterDamage) ? end : Math.min(end, archive.nextHeader(data));
    position = end;
    resumed = afterDamage;
    nameless = false;
    afterDamage = false;
    unseen = other ? end : data;
    if (next < end) {
      resume(next, false);
    }
    if (!fits) {
      String detail = member + " of an archive of " + archive.length();
      if (doubted) {
        contents.reject(RejectReason.TRUNCATED, detail);
      } else {
        contents.lose(header.name(), RejectReason.TRUNCATED, detail);
      }
    } else if ((doubted || next < end) && !header.isFolder()) {
      contents.reject(
          RejectReason.BROKEN_ARCHIVE, member + " behind damage, which may have held its name");
    } else {
      sort(header, member);
    }
  }

  /** Goes on at a header that was looked for; one before it may be lost and with it the name. */
  private boolean resume(long next, boolean lost) throws IOException {
    Optional<TarHeader> header = TarHeader.of(archive.read(next, TarHeader.BLOCK));
    nameless = header.filter(good -> !good.isPax() && (lost || good.nameIsFull())).isPresent();
    position = next;
    afterDamage = true;
    return header.isPresent();
  }

  private void sort(TarHeader header, TarMember member) {
    String path = header.name();
    if (header.isFolder()) {
      return;
    }
    if (header.sparse()) {
      contents.lose(path, RejectReason.SPARSE_FILE, path);
    } else if (header.isRegular()) {
      last = member;
    } else if (header.kind() == TarConstants.LF_LINK) {
      contents.hardLink(path, header.link());
    } else if (header.kind() == TarConstants.LF_SYMLINK) {
      contents.symbolicLink(path, header.link());
    } else if (header.kind() == CONTINUES) {
      contents.lose(path, RejectReason.TRUNCATED, path + ": it begins in another volume");
    } else {
      contents.lose(path, RejectReason.NOT_A_FILE, path);
    }
  }

  /** What followed the last file was as it should be. */
  private void settle() {
    if (last != null) {
      contents.file(last);
      last = null;
    }
  }

  /** The same where no header followed. */
  private void settleAtEnd() throws IOException {
    if (last != null && last.isCutShort(archive)) {
      lose(RejectReason.TRUNCATED, "the last of which are zeros");
    }
    settle();
  }

  /** What followed the last file shows that it is not whole. */
  private void lose(RejectReason reason, String why) {
    contents.lose(last.path(), reason, last + ", " + why);
    last = null;
  }

  private void zeros() throws IOException {
    long next = archive.length();
    if (last != null && archive.length() % TarHeader.BLOCK != 0) {
      next = archive.nextHeader(unseen); // The archive was cut, and others appended to it.
    }
    if (next < position) {
      damage(position, false, "no header whose check sum holds");
      return;
    }
    settleAtEnd();
    if (!extensions.isEmpty()) {
      broken(position, "a header that no member follows");
      extensions.clear();
    }
    long end = archive.firstNonZero(position);
    long zeros = end - position;
    if (zeros > MOST_ZEROS) {
      broken(position, zeros + " bytes of zeros, as an unfinished download leaves");
    }
    position = end == archive.length() ? end : end - zeros % TarHeader.BLOCK;
    unseen = position;
    afterDamage = true; // Or behind an archive's end, which is looked at as closely.
    ended = true;
  }

  /** Finds the next header, and says what is lost. */
  private void damage(long at, boolean namesLost, String what) throws IOException {
    byte[] block = archive.read(at, TarHeader.BLOCK);
    boolean marked = TarHeader.isMarked(block);
    long next = archive.nextHeader(unseen);
    if (last != null && (next < at || resumed || !(marked || last.isFilledUp(archive)))) {
      lose(RejectReason.BROKEN_ARCHIVE, "behind which no header is");
    }
    settle();
    boolean lost =
        namesLost
            || (!extensions.isEmpty() && !marked)
            || TarExtensions.isPax(block)
            || TarExtensions.isPax(archive.read(at + TarHeader.BLOCK, TarHeader.BLOCK));
    extensions.clear();
    boolean found = resume(next, lost);
    if (headers || found) {
      broken(at, what + (found ? "; the next is at byte " + next : "; none follows"));
    }
    ended = !found;
  }

  private void broken(long at, String what) {
    contents.reject(RejectReason.BROKEN_ARCHIVE, "at byte " + at + ": " + what);
  }

  private void end() throws IOException {
    settleAtEnd();
    byte[] rest = archive.read(position, TarHeader.BLOCK);
    if (!headers) {
      Appearance seen = Appearance.of(archive.read(0, Appearance.HEAD));
      String other = "no tar archive: it seems to be " + seen.sentence();
      contents.reject(
          RejectReason.BROKEN_ARCHIVE,
          seen == Appearance.TAR ? "a tar archive without a header that can be read" : other);
    } else if (!TarMember.isZero(rest)) {
      broken(position, rest.length + " bytes that are no whole header");
    } else if (!ended) {
      broken(archive.length(), "the archive ends without its end mark: it was cut, or not closed");
    }
  }
}
