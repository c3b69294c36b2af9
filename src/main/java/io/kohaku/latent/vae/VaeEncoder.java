package io.kohaku.latent.vae;

import ai.djl.ndarray.NDManager;
import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.latent.Moments;
import io.kohaku.number.WorthlessResultException;
import io.kohaku.sdxl.Vae;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.tensor.MemoryScope;
import java.util.List;
import java.util.Optional;

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

  /** Where numbers become none first on the way of an image, if they do. */
  Optional<String> blame(PreparedImage image) {
    try (MemoryScope scope = MemoryScope.open(vae.manager())) {
      NDManager manager = scope.manager();
      vae.encode(
          Tape.seeking(manager), vae.pictures(manager, PixelBatch.rgb(manager, List.of(image))));
      return Optional.empty();
    } catch (WorthlessResultException e) {
      return Optional.of(e.getMessage());
    }
  }

  @Override
  public void close() {
    vae.close();
  }
}
