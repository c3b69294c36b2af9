package io.kohaku.latent.vae;

import io.kohaku.image.prepare.PreparedImage;
import io.kohaku.latent.Moments;
import java.util.List;

/** Gives images the distributions of their latents; used by the thread that opened it. */
public interface MomentsEncoder extends AutoCloseable {
  /** The distributions for images of one bucket, in their order. */
  List<Moments> encode(List<PreparedImage> images);

  @Override
  void close();
}
