package io.kohaku.caption;

/** Where a tag goes in a caption. */
enum CaptionPart {
  /** Opens the caption and is never moved or left out. */
  FIXED,
  /** Follows; shuffled and dropped from step to step. */
  FLEXIBLE,
  /** Not in the caption. */
  NOWHERE
}
