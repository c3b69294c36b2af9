package io.kohaku.latent.encode;

import io.kohaku.digest.Sha256;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.vae.EncoderChoice;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.settings.ImageSettings;
import io.kohaku.settings.LatentSettings;
import io.kohaku.settings.SpeedSettings.MemoryFormat;
import java.io.Serializable;

/**
 * What every encoding task must know.
 *
 * @param images how images become pixels
 * @param latents how pixels become latents
 * @param vae where the VAE lies
 * @param seed of the posterior's draws
 * @param store folder of the latent files
 * @param encoder where tasks load the VAE from, which gives the same latents, and what it computes
 *     in
 */
public record EncodePlan(
    ImageSettings images,
    LatentSettings latents,
    VaeSource vae,
    long seed,
    String store,
    EncoderChoice encoder)
    implements Serializable {

  /** Counts the changes of what a seed draws, so that draws of two kinds are never mixed. */
  private static final int STREAM = 2;

  /**
   * Counts the changes of which files are taken, so that what was taken before is looked at anew.
   */
  private static final int TAKEN = 2;

  /** A plan whose tasks run our own kernels on the checkpoint's weights, on CPUs. */
  public EncodePlan(
      ImageSettings images, LatentSettings latents, VaeSource vae, long seed, String store) {
    this(
        images,
        latents,
        vae,
        seed,
        store,
        new EncoderChoice(vae, latents.precision().precision(false)));
  }

  /** The same with another encoder. */
  public EncodePlan with(EncoderChoice other) {
    return new EncodePlan(images, latents, vae, seed, store, other);
  }

  LatentFormat format() {
    return new LatentFormat(latents.posterior(), latents.storage());
  }

  /** Seed of the draw from one post's distribution. */
  public long drawSeed(long id) {
    return SeededStream.seed(Purpose.STORED_POSTERIOR, seed, id);
  }

  /** The key that latents are reused under, beside the bytes of the image. */
  String key(String vaeDigest) {
    return Sha256.of(keyText(vaeDigest)).substring(0, 32);
  }

  /** What {@link #key} is the digest of. */
  String keyText(String vaeDigest) {
    boolean drawn = latents.posterior() == LatentSettings.Posterior.SAMPLE;
    String draws = drawn ? " seed=%s stream=%s".formatted(seed, STREAM) : "";
    boolean contiguous = latents.memoryFormat() == MemoryFormat.CONTIGUOUS;
    String memory = contiguous ? "" : " memory-format=" + latents.memoryFormat();
    return "%s precision=%s%s %s%s vae=%s"
        .formatted(
            images.pixelKey(), encoder.precision(), memory, format().key(), draws, vaeDigest);
  }

  /** The key of latents that were made elsewhere: how is not known, only how they are kept. */
  public String importKey() {
    return Sha256.of(importKeyText()).substring(0, 32);
  }

  /** What {@link #importKey} is the digest of. */
  String importKeyText() {
    return "source=npz taken=%s %s storage=%s"
        .formatted(TAKEN, images.buckets().key(), latents.storage());
  }
}
