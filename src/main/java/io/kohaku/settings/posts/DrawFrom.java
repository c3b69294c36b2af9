package io.kohaku.settings.posts;

/** What a band's posts are drawn from. */
public enum DrawFrom {
  /** Every post of the source; the filters come after the draw, as in the published script. */
  ALL,
  /** The posts that pass the filters. */
  VALID
}
