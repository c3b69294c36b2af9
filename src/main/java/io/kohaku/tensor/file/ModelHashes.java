package io.kohaku.tensor.file;

import io.kohaku.digest.Sha256;
import io.kohaku.tensor.TensorSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The two hashes by which tools know a model file.
 *
 * @param sha256 of the tensor data ({@code sshs_model_hash}), or of the whole file where it was
 *     made from a file ({@code ss_new_sd_model_hash}); 64 hex digits
 * @param legacy the first 8 hex digits of the SHA-256 of 64 KiB at 1 MiB into the file ({@code
 *     sshs_legacy_hash}, {@code ss_sd_model_hash})
 */
public record ModelHashes(String sha256, String legacy) {
  private static final long LEGACY_BEGIN = 0x100000;
  private static final long LEGACY_END = LEGACY_BEGIN + 0x10000;

  /**
   * The hashes of an adapter that is about to be written: as if it carried, of {@code metadata},
   * only the entries that begin with {@code ss_}.
   */
  public static ModelHashes ofTensors(
      Map<String, String> metadata, Collection<TensorSource> tensors) {
    Map<String, String> training =
        metadata.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith("ss_"))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    try {
      Digests digests = new Digests(false);
      SafeTensorsWriter.write(digests, training, tensors);
      return digests.hashes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot hash tensors: " + e.getMessage(), e);
    }
  }

  /** The hashes of a whole file. */
  public static ModelHashes ofFile(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      Digests digests = new Digests(true);
      byte[] bytes = new byte[1 << 20];
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        digests.write(ByteBuffer.wrap(bytes, 0, count));
      }
      return digests.hashes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot hash %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Digests what is written; the header comes as the first write. */
  private static final class Digests implements WritableByteChannel {
    private final MessageDigest all = Sha256.begin();
    private final MessageDigest legacy = Sha256.begin();
    private final boolean withHeader;
    private long position;

    private Digests(boolean withHeader) {
      this.withHeader = withHeader;
    }

    private ModelHashes hashes() {
      return new ModelHashes(Sha256.hex(all), Sha256.hex(legacy).substring(0, 8));
    }

    @Override
    public int write(ByteBuffer bytes) {
      int count = bytes.remaining();
      long from = Math.max(LEGACY_BEGIN, position);
      long to = Math.min(LEGACY_END, position + count);
      if (from < to) {
        legacy.update(
            bytes.duplicate().slice(bytes.position() + (int) (from - position), (int) (to - from)));
      }
      if (withHeader || position > 0) {
        all.update(bytes.duplicate());
      }
      bytes.position(bytes.limit());
      position += count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
