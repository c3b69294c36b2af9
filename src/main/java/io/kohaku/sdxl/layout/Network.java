package io.kohaku.sdxl.layout;

/** The parts of SDXL, with the prefix of their tensors in a single-file checkpoint. */
public enum Network {
  /** The U-Net that predicts the noise. */
  UNET("model.diffusion_model."),
  /** CLIP ViT-L/14's text tower. */
  TE1("conditioner.embedders.0.transformer."),
  /** OpenCLIP ViT-bigG/14's text tower. */
  TE2("conditioner.embedders.1.model."),
  /** The autoencoder between pixels and latents. */
  VAE("first_stage_model.");

  private final String prefix;

  Network(String prefix) {
    this.prefix = prefix;
  }

  /** What the keys of this network's tensors begin with. */
  public String prefix() {
    return prefix;
  }
}
