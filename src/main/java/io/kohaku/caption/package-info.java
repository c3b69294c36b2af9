/**
 * The words that describe one post, and in what order.
 *
 * <p>In: {@code PostTable}. Out: {@code CaptionTable}, whose captions stay in two arrays (the fixed
 * tags and the flexible ones) beside the published one-line text; and the fitted thresholds of the
 * quality words as a Spark ML model; and the frequency of each tag.
 *
 * <p>Why so: what happens to a tag depends on its category and name alone, so {@link
 * io.kohaku.caption.TagWords} decides it on the name's bytes and {@link
 * io.kohaku.caption.Captioner} only puts finished words in order. What changes from step to step is
 * the trainer's affair; shuffling words that are still apart needs no separator to be found again
 * in a text, and a tag with a comma in it stays one tag (in the published trainer it falls into
 * two).
 */
package io.kohaku.caption;
