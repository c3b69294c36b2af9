/** Tests of {@code io.kohaku.lokr.stored}. */
package io.kohaku.lokr.stored;
