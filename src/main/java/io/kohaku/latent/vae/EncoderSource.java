package io.kohaku.latent.vae;

import ai.djl.Device;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/**
 * Where tasks get their encoders from. All sources of one VAE give the same latents to the last
 * bit, so latents that one has made are reused by another.
 */
public interface EncoderSource extends Serializable {
  /** The same source, its files on this machine. */
  EncoderSource onThisMachine(Configuration hadoop) throws IOException;

  /**
   * Loads the VAE from this machine in {@code precision} onto {@code device}, for the calling
   * thread.
   */
  MomentsEncoder encoder(Device device, Precision precision);
}
