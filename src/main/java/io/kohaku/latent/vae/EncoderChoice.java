package io.kohaku.latent.vae;

import io.kohaku.settings.LatentSettings;
import io.kohaku.settings.Precision;
import java.io.Serializable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the tasks run, decided by the driver before any of them starts.
 *
 * @param source where they load the VAE from
 * @param precision what it computes in
 */
public record EncoderChoice(EncoderSource source, Precision precision) implements Serializable {
  private static final Logger LOG = LoggerFactory.getLogger(EncoderChoice.class);

  /** Says what was decided, and on what wish. */
  public EncoderChoice told(LatentSettings.Computing asked) {
    LOG.info("The VAE computes in {} (latents.precision is {})", precision, asked);
    return this;
  }
}
