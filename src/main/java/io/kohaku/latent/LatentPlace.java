package io.kohaku.latent;

import java.io.Serializable;

/**
 * Where a latent's bytes lie in the store.
 *
 * @param file path below the store's folder
 * @param position of the first byte in the file, or {@link #BY_POST}
 * @param size in bytes
 * @param checksum CRC-32C of the bytes
 */
public record LatentPlace(String file, long position, int size, int checksum)
    implements Serializable {
  /** The file does not hold the bytes as they are: the latent is looked up there by its post. */
  public static final long BY_POST = -1;

  /** Whether the bytes can be read where they lie, without a look at the file's structure. */
  public boolean isDirect() {
    return position >= 0;
  }
}
