package io.kohaku.image.shard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.archivers.zip.ZipEncoding;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/**
 * One header block of a tar archive whose check sum holds.
 *
 * @param kind one of {@link TarConstants}' flags
 * @param name of the member, at most 256 bytes
 * @param link what a link points to
 * @param size bytes of data behind it
 * @param sparse whether the data has holes
 * @param continued whether blocks that list more holes follow
 * @param nameIsFull whether the name fills its field: a longer one stands in a header before
 */
record TarHeader(
    byte kind,
    String name,
    String link,
    long size,
    boolean sparse,
    boolean continued,
    boolean nameIsFull) {
  /** Bytes of a header, and what data is filled up to. */
  static final int BLOCK = 512;

  /** In a block that lists more holes: whether another one follows. */
  private static final int CONTINUED = 504;

  private static final byte[] MARK = "ustar".getBytes(StandardCharsets.US_ASCII);
  private static final int MARK_PLACE = 257;
  private static final int NAME = 100;

  /** Gives bytes as letters one by one, so that they can be taken back. */
  private static final ZipEncoding BYTES = ZipEncodingHelper.getZipEncoding("ISO-8859-1");

  /** The header in this block, unless the check sum is wrong or the size is none. */
  static Optional<TarHeader> of(byte[] block) {
    if (block.length != BLOCK) {
      return Optional.empty();
    }
    try {
      if (!TarUtils.verifyCheckSum(block)) { // Signed and unsigned, as GNU tar does.
        return Optional.empty();
      }
      TarArchiveEntry entry = new TarArchiveEntry(block, BYTES, true);
      return Optional.of(
          new TarHeader(
              entry.getLinkFlag(),
              text(entry.getName()),
              text(entry.getLinkName()),
              entry.isLink() ? 0 : entry.getSize(), // GNU tar: no data, whatever stands there.
              entry.isSparse(),
              entry.isOldGNUSparse() && entry.isExtended(),
              block[NAME - 2] != 0));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // A number that is none, which the library says in many ways.
    }
  }

  /** Whether it is a block of the size of a header that bears the mark of one. */
  static boolean isMarked(byte[] block) {
    return block.length == BLOCK
        && Arrays.equals(block, MARK_PLACE, MARK_PLACE + MARK.length, MARK, 0, MARK.length);
  }

  /** Where the first marked header begins in these bytes, at whatever place, or -1. */
  static int search(byte[] bytes) {
    for (int at = 0; at + BLOCK <= bytes.length; at++) {
      if (bytes[at + MARK_PLACE] == MARK[0] && bytes[at + MARK_PLACE + 1] == MARK[1]) {
        byte[] block = Arrays.copyOfRange(bytes, at, at + BLOCK);
        if (isMarked(block) && of(block).isPresent()) {
          return at;
        }
      }
    }
    return -1;
  }

  /** Whether a block that lists holes is followed by another. */
  static boolean isContinued(byte[] holes) {
    return holes.length == BLOCK && holes[CONTINUED] != 0;
  }

  /** So many bytes with what fills their last block. */
  static long blocks(long bytes) {
    return (bytes + BLOCK - 1) / BLOCK * BLOCK;
  }

  /** Names are UTF-8; those that are not keep their bytes apart as Latin-1. */
  static String text(byte[] name) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
    } catch (CharacterCodingException e) {
      return new String(name, StandardCharsets.ISO_8859_1);
    }
  }

  private static String text(String bytes) {
    return text(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Whether it tells more about the member behind it, or about all of them. */
  boolean isExtension() {
    return isPax()
        || kind == TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
        || kind == TarConstants.LF_GNUTYPE_LONGNAME
        || kind == TarConstants.LF_GNUTYPE_LONGLINK;
  }

  /** Whether it is a PAX header of one member. */
  boolean isPax() {
    return kind == TarConstants.LF_PAX_EXTENDED_HEADER_LC
        || kind == TarConstants.LF_PAX_EXTENDED_HEADER_UC;
  }

  /** Whether it is a regular file, of whatever age. */
  boolean isRegular() {
    return kind == TarConstants.LF_NORMAL
        || kind == TarConstants.LF_OLDNORM
        || kind == TarConstants.LF_CONTIG
        || kind == TarConstants.LF_GNUTYPE_SPARSE;
  }

  /** Whether it is a folder, a listing of one, or the name of the volume. */
  boolean isFolder() {
    return kind == TarConstants.LF_DIR
        || kind == 'D'
        || kind == 'V'
        || (isRegular() && name.endsWith("/"));
  }
}
