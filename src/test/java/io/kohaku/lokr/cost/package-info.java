/** Tests of {@code io.kohaku.lokr.cost}. */
package io.kohaku.lokr.cost;
