package io.kohaku.caption;

import org.apache.spark.unsafe.types.UTF8String;

/**
 * What becomes of a tag in a caption.
 *
 * @param part where it goes
 * @param text as it is written there
 */
record Word(Part part, UTF8String text) {
  /** Part of a caption. */
  enum Part {
    /** Opens the caption and is never moved or left out. */
    FIXED,
    /** Follows; shuffled and dropped from step to step. */
    FLEXIBLE,
    /** Not in the caption. */
    NOWHERE
  }
}
