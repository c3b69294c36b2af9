/** Tests of {@code io.kohaku.image.decode}. */
package io.kohaku.image.decode;
