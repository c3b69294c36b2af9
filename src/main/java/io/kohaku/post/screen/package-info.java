/**
 * Posts of a source to rows: which are drawn, which filters reject them, and the counts of each
 * split.
 */
package io.kohaku.post.screen;
