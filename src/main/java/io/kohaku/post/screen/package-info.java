/**
 * Posts of a source to rows: which are drawn, which filters reject them, and the tally of each
 * split.
 */
package io.kohaku.post.screen;
