package io.kohaku.latent.vae;

import ai.djl.ndarray.NDManager;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.latent.Moments;
import io.kohaku.sdxl.Vae;
import io.kohaku.tensor.MemoryScope;
import java.util.List;

/** Pixels of one size to the distributions of their latents, on one device. */
final class VaeEncoder implements MomentsEncoder {
  private final Vae vae;

  VaeEncoder(Vae vae) {
    this.vae = vae;
  }

  @Override
  public List<Moments> encode(List<PreparedImage> images) {
    try (MemoryScope scope = MemoryScope.open(vae.manager())) {
      NDManager manager = scope.manager();
      Vae.Posterior moments =
          vae.encode(manager, vae.pictures(manager, PixelBatch.rgb(manager, images)));
      return Moments.ofBatch(
          moments.mean().toFloatArray(), moments.logVariance().toFloatArray(), images.size());
    }
  }

  @Override
  public void close() {
    vae.close();
  }
}
