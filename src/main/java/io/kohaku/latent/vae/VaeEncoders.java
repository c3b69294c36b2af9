package io.kohaku.latent.vae;

import ai.djl.Device;
import io.kohaku.ownership.Closer;
import io.kohaku.settings.Precision;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The VAE in the precisions that a task has asked for, each loaded when first needed. */
public final class VaeEncoders implements AutoCloseable {
  private final EncoderSource source;
  private final Device device;
  private final Map<Precision, MomentsEncoder> open = new EnumMap<>(Precision.class);

  public VaeEncoders(EncoderSource source, Device device) {
    this.source = source;
    this.device = device;
  }

  public MomentsEncoder of(Precision precision) {
    return open.computeIfAbsent(precision, p -> source.encoder(device, p));
  }

  @Override
  public void close() {
    Closer.close(List.copyOf(open.values()));
  }
}
