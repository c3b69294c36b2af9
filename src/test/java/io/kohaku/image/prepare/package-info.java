/** Tests of {@code io.kohaku.image.prepare}. */
package io.kohaku.image.prepare;
