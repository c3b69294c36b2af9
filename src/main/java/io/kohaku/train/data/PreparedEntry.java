package io.kohaku.train.data;

import io.kohaku.latent.LatentFormat;
import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the rows' file holds of one image: 64 bytes, big-endian, so a row is found without an index.
 *
 * @param id the post
 * @param words where the words of its caption lie
 * @param latent where its latent lies
 * @param format how the latent is laid out
 * @param sizes what SDXL is told about the image's size
 */
record PreparedEntry(
    long id, Words words, Latent latent, LatentFormat format, SizeConditioning sizes) {
  /** Bytes of an entry. */
  static final int BYTES = 64;

  /** How an entry is laid out; a file of another layout is refused. */
  static final String LAYOUT =
      "id int64, words int64 int32, latent int32 int64 int32, posterior int16 of %s, storage int16 of %s, sizes 6 int32"
          .formatted(Arrays.toString(Posterior.values()), Arrays.toString(Storage.values()));

  /** A part of the words' file. */
  record Words(long position, int length) {}

  /** A part of a file of the store, the file by its number in the list of files. */
  record Latent(int file, long position, int checksum) {}

  static PreparedEntry parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return new PreparedEntry(
        in.getLong(),
        new Words(in.getLong(), in.getInt()),
        new Latent(in.getInt(), in.getLong(), in.getInt()),
        new LatentFormat(Posterior.values()[in.getShort()], Storage.values()[in.getShort()]),
        new SizeConditioning(
            in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt()));
  }

  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(id)
        .putLong(words.position())
        .putInt(words.length())
        .putInt(latent.file())
        .putLong(latent.position())
        .putInt(latent.checksum())
        .putShort((short) format.posterior().ordinal())
        .putShort((short) format.storage().ordinal())
        .putInt(sizes.originalHeight())
        .putInt(sizes.originalWidth())
        .putInt(sizes.cropTop())
        .putInt(sizes.cropLeft())
        .putInt(sizes.targetHeight())
        .putInt(sizes.targetWidth())
        .array();
  }
}
