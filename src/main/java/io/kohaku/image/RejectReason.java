package io.kohaku.image;

import java.util.Locale;

/** Why an archive's entry or a post's image was not used. */
public enum RejectReason {
  /** The archive ends early or is damaged; what is whole is used. */
  BROKEN_ARCHIVE,
  /** Compressed, or a zip: nothing in it can be read by its place. */
  PACKED_ARCHIVE,
  /** Not a regular file: a device, a pipe, a link to nothing in the archive. */
  NOT_A_FILE,
  /** The name leaves the archive: absolute, or through {@code ..}. */
  UNSAFE_NAME,
  /** The name is not {@code <id>.<extension>}. */
  NO_POST_ID,
  /** The extension is not an image's. */
  NOT_AN_IMAGE,
  /** Stored with holes, so its bytes do not lie together. */
  SPARSE_FILE,
  /** No bytes, or fewer than its header promises. */
  TRUNCATED,
  /** More bytes than the settings allow. */
  TOO_MANY_BYTES,
  /** The post has an image already, from an earlier shard. */
  DUPLICATE,
  /** The post was selected but no shard holds its image. */
  NO_IMAGE,
  /** More pixels, stored or resized, than the settings allow. */
  TOO_MANY_PIXELS,
  /** A side longer than the settings allow. */
  TOO_LONG_SIDE,
  /** Smaller than one bucket step, without upscaling. */
  TOO_SMALL,
  /** More frames than the settings allow. */
  ANIMATED,
  /** A known format that cannot be decoded. */
  UNSUPPORTED_FORMAT,
  /** Not recognised as an image. */
  UNKNOWN_FORMAT,
  /** The decoder gave up. */
  UNDECODABLE,
  /** The latent has NaN or infinity, or numbers that are too large for how it is stored. */
  LATENT_NOT_FINITE;

  /** The name that tables carry, for example {@code no-image}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
