/** One image file's bytes to 8-bit pixels, upright and without alpha, whatever its format. */
package io.kohaku.image.decode;
