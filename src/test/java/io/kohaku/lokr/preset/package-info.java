/** Tests of {@code io.kohaku.lokr.preset}. */
package io.kohaku.lokr.preset;
