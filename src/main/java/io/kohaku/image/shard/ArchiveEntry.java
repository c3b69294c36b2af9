package io.kohaku.image.shard;

import io.kohaku.image.RejectReason;

/** One thing found in an archive or a folder: an image of a post, or something left out. */
sealed interface ArchiveEntry {
  /**
   * An image.
   *
   * @param name the post and the extension
   * @param offset of its first byte
   * @param length in bytes
   */
  record Member(MemberName name, long offset, long length) implements ArchiveEntry {}

  /**
   * Something left out.
   *
   * @param reason why
   * @param detail its name, or what was wrong
   */
  record Reject(RejectReason reason, String detail) implements ArchiveEntry {}
}
