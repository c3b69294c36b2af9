package io.kohaku.lokr;

import io.kohaku.lokr.shape.ApplyMode;

/** Decides how a layer's update meets its input. */
@FunctionalInterface
public interface ModeChoice {
  /** {@code MERGED} or {@code BYPASS}. */
  ApplyMode of(LokrLayer layer);

  /** What the layer's options say, and {@code otherwise} where they leave it open. */
  static ModeChoice forced(ApplyMode otherwise) {
    if (otherwise == ApplyMode.AUTO) {
      throw new IllegalArgumentException("Invalid mode: AUTO (a cost model must decide)");
    }
    return layer -> layer.mode() == ApplyMode.AUTO ? otherwise : layer.mode();
  }
}
