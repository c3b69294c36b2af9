package io.kohaku.sdxl.layout;

/** The parts of SDXL, with the prefix of their tensors in a single-file checkpoint. */
public enum Network {
  /** The U-Net that predicts the noise. */
  UNET("model.diffusion_model.", "U-Net"),
  /** CLIP ViT-L/14's text tower. */
  TE1("conditioner.embedders.0.transformer.", "first text encoder"),
  /** OpenCLIP ViT-bigG/14's text tower. */
  TE2("conditioner.embedders.1.model.", "second text encoder"),
  /** The autoencoder between pixels and latents. */
  VAE("first_stage_model.", "autoencoder");

  private final String prefix;
  private final String title;

  Network(String prefix, String title) {
    this.prefix = prefix;
    this.title = title;
  }

  /** What the keys of this network's tensors begin with. */
  public String prefix() {
    return prefix;
  }

  /** What people call it. */
  String title() {
    return title;
  }
}
