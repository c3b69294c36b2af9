/** Tests of {@code io.kohaku.lokr.shape}. */
package io.kohaku.lokr.shape;
