package io.kohaku.engine;

/**
 * Which results a stage gives for the same settings and inputs: it counts up when a version of the
 * program gives others.
 *
 * @param number from 1
 * @param difference what is different since the one before
 */
public record Revision(int number, String difference) {
  /** As it ever was. */
  public static final Revision FIRST = new Revision(1, "");
}
