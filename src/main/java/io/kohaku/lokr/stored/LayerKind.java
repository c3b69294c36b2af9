package io.kohaku.lokr.stored;

/** The kinds of layers that are read. */
public enum LayerKind {
  /** A Kronecker product. */
  LOKR("LoKr"),
  /** A product of two matrices or convolutions, perhaps with a core between them. */
  LORA("LoRA"),
  /** An elementwise product of two such products. */
  LOHA("LoHa"),
  /** The difference itself. */
  FULL("full");

  private final String title;

  LayerKind(String title) {
    this.title = title;
  }

  /** What people call it. */
  public String title() {
    return title;
  }
}
