package io.kohaku.latent;

import java.io.Serializable;

/**
 * Where a latent's bytes lie in the store.
 *
 * @param file path below the store's folder
 * @param position of the first byte in the file
 * @param size in bytes
 * @param checksum CRC-32C of the bytes
 */
public record LatentPlace(String file, long position, int size, int checksum)
    implements Serializable {}
