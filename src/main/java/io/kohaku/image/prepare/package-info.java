/** Pixels to the size of their bucket: resize, crop, and the way from a file's bytes to there. */
package io.kohaku.image.prepare;
