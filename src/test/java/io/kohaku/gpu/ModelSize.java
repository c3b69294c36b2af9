package io.kohaku.gpu;

import io.kohaku.demo.model.TinySdxl;
import io.kohaku.sdxl.RealSdxl;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import java.util.Locale;
import java.util.Map;

/** Sizes of the model that is measured. */
enum ModelSize {
  /** SDXL 1.0's. */
  REAL(1024, 49408, 3),
  /** The demo's: to try the programs. */
  TINY(64, 1024, 1);

  /** Side of the pictures, in pixels, that stands for 1024, if nothing else is asked for. */
  final int side;

  /** How many ids tokens have. */
  final int vocabulary;

  /** Rows of tokens a caption. */
  final int rows;

  ModelSize(int side, int vocabulary, int rows) {
    this.side = side;
    this.vocabulary = vocabulary;
    this.rows = rows;
  }

  static ModelSize of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  SdxlLayout layout() {
    Map<String, long[]> shapes = this == REAL ? RealSdxl.shapes() : TinySdxl.load().tensors();
    long headWidth = this == REAL ? 64 : TinySdxl.load().headWidth();
    return SdxlLayout.of(toString(), shapes, ModelOptions.DEFAULT, headWidth);
  }
}
