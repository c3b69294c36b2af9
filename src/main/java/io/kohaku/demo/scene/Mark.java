package io.kohaku.demo.scene;

/** A plain shape that floats in a picture, with the general tag that names it. */
public enum Mark {
  CIRCLE("circle"),
  SQUARE("square"),
  TRIANGLE("triangle"),
  DIAMOND("diamond_(shape)"),
  STAR("star_(symbol)"),
  HEART("heart"),
  CROSS("cross"),
  CRESCENT("crescent_moon");

  private final String tag;

  Mark(String tag) {
    this.tag = tag;
  }

  public String tag() {
    return tag;
  }
}
