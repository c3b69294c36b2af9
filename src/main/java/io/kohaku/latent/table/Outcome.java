package io.kohaku.latent.table;

import io.kohaku.latent.StoredLatent;

/** What became of one wanted image. */
public sealed interface Outcome {
  /**
   * It has a latent.
   *
   * @param latent where
   */
  record Encoded(StoredLatent latent) implements Outcome {}

  /**
   * It has none.
   *
   * @param image which
   * @param reason to count by
   * @param detail for whoever looks at the one image
   */
  record Rejected(WantedImage image, String reason, String detail) implements Outcome {}
}
