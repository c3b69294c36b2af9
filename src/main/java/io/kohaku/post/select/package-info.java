/**
 * The stage that reads a source and keeps the posts that the recipe wants.
 *
 * <p>In: a source in any of the formats. Out: {@code PostTable} and {@code RejectTable}, and their
 * counts.
 */
package io.kohaku.post.select;
