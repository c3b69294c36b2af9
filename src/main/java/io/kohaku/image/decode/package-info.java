/**
 * One image file's bytes to 8-bit pixels, upright and without alpha, whatever its format.
 *
 * <p>Decoders are given the frame that is wanted and nothing around it, so that what a file says
 * wrongly of itself does not reach them. BMP alone is decoded here: of OpenCV, the JDK and
 * TwelveMonkeys none gets all of its kinds right.
 */
package io.kohaku.image.decode;
