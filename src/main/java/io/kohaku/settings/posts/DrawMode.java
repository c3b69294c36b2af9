package io.kohaku.settings.posts;

/** How the posts of a band with {@code take} are drawn. */
public enum DrawMode {
  /** Exactly {@code take} different posts. */
  WITHOUT_REPLACEMENT,
  /** The published script replayed: draws with replacement, so that fewer different posts stay. */
  CARD
}
