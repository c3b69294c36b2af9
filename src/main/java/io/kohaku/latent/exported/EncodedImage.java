package io.kohaku.latent.exported;

import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import io.kohaku.latent.LatentFormat;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What became of one image: its latent, or why it has none.
 *
 * <p>As bytes: the int {@code 0x4B4C4131}, a byte that is 1 for a latent and 0 for a rejected
 * image, then for a latent six ints (original, resized and bucket's width and height), the texts of
 * its posterior and storage, and the latent's own bytes to the end; for a rejected image the texts
 * of reason and detail. Ints are big-endian, texts as {@link DataOutputStream#writeUTF} writes
 * them; the latent's numbers are little-endian as {@link LatentFormat} says.
 */
public sealed interface EncodedImage {
  /**
   * A latent.
   *
   * @param placement how the image was resized and cropped
   * @param format how the latent is laid out
   * @param bytes the latent, unscaled
   */
  record Latent(Placement placement, LatentFormat format, byte[] bytes) implements EncodedImage {
    /** Checks the number of bytes. */
    public Latent {
      int size = format.size(placement.bucket());
      if (bytes.length != size) {
        throw new IllegalArgumentException(
            "Invalid latent: %s bytes (%s of %s has %s)"
                .formatted(bytes.length, format, placement.bucket().name(), size));
      }
    }
  }

  /**
   * An image that cannot be used.
   *
   * @param reason to count by, for example {@code unknown-format}
   * @param detail for whoever looks at the one image; at most {@value #LONGEST_DETAIL} characters
   *     are kept
   */
  record Rejected(String reason, String detail) implements EncodedImage {
    private static final int LONGEST_DETAIL = 1000;

    /** Shortens the detail. */
    public Rejected {
      detail = detail.substring(0, Math.min(LONGEST_DETAIL, detail.length()));
    }
  }

  /** "KLA1". */
  int MAGIC = 0x4B4C4131;

  /** As bytes. */
  default byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeBoolean(this instanceof Latent);
      if (this instanceof Latent latent) {
        write(latent.placement(), out);
        out.writeUTF(latent.format().posterior().name());
        out.writeUTF(latent.format().storage().name());
        out.write(latent.bytes());
      } else if (this instanceof Rejected rejected) {
        out.writeUTF(rejected.reason());
        out.writeUTF(rejected.detail());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write an encoded image: " + e.getMessage(), e);
    }
    return bytes.toByteArray();
  }

  /**
   * What {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if it did not write these
   */
  static EncodedImage of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) {
        throw new IOException("they do not begin with KLA1");
      }
      if (!in.readBoolean()) {
        return new Rejected(in.readUTF(), in.readUTF());
      }
      Placement placement =
          new Placement(
              in.readInt(),
              in.readInt(),
              in.readInt(),
              in.readInt(),
              new Bucket(in.readInt(), in.readInt()));
      LatentFormat format =
          new LatentFormat(Posterior.valueOf(in.readUTF()), Storage.valueOf(in.readUTF()));
      return new Latent(placement, format, in.readAllBytes());
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Invalid bytes of an encoded image: %s of them (%s)"
              .formatted(bytes.length, e.getMessage() == null ? "they end early" : e.getMessage()),
          e);
    }
  }

  private static void write(Placement placement, DataOutputStream out) throws IOException {
    out.writeInt(placement.originalWidth());
    out.writeInt(placement.originalHeight());
    out.writeInt(placement.resizedWidth());
    out.writeInt(placement.resizedHeight());
    out.writeInt(placement.bucket().width());
    out.writeInt(placement.bucket().height());
  }
}
