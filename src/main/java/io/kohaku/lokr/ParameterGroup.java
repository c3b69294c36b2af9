package io.kohaku.lokr;

import io.kohaku.sdxl.layout.Network;

/** The parts of the adapter that are trained with a learning rate of their own, in order. */
public enum ParameterGroup {
  /** Both text encoders. */
  TEXT_ENCODERS,
  /** The U-Net. */
  UNET;

  static ParameterGroup of(AdaptedModule module) {
    return module.layer().network() == Network.UNET ? UNET : TEXT_ENCODERS;
  }
}
