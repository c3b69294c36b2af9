package io.kohaku.latent.vae;

import io.kohaku.settings.Precision;
import java.io.Serializable;

/**
 * What the tasks run, decided by the driver before any of them starts.
 *
 * @param source where they load the VAE from
 * @param precision what it computes in
 */
public record EncoderChoice(EncoderSource source, Precision precision) implements Serializable {}
