/**
 * What image files say about themselves, read without decoding them; also whether they are whole.
 */
package io.kohaku.image.header;
