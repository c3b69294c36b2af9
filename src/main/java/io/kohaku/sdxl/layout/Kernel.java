package io.kohaku.sdxl.layout;

import java.util.Locale;

/** The kernels that segments run; each is the function of the same name, in lower case. */
public enum Kernel {
  TIME_EMBEDDING,
  LABEL_EMBEDDING,
  ADD_EMBEDDINGS,
  CONDITIONING_VECTOR,
  IMAGE_IN,
  RESIDUAL,
  JOINED_RESIDUAL,
  TRANSFORMER_IN,
  TRANSFORMER_BLOCK,
  TRANSFORMER_OUT,
  DOWNSAMPLE,
  UPSAMPLE,
  UNET_HEAD,
  TEXT_EMBEDDING,
  TEXT_LAYER,
  REJOIN_ROWS,
  FIRST_ROWS,
  TEXT_POOL,
  JOIN_CONTEXT,
  VAE_PICTURES,
  VAE_CONVOLUTION,
  VAE_RESIDUAL,
  VAE_ATTENTION,
  VAE_DOWN,
  VAE_UP,
  VAE_HEAD,
  VAE_MEAN,
  VAE_LOG_VARIANCE,
  VAE_IMAGE;

  public String function() {
    return name().toLowerCase(Locale.ROOT);
  }
}
