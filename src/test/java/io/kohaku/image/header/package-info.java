/** Tests of what image files say about themselves. */
package io.kohaku.image.header;
