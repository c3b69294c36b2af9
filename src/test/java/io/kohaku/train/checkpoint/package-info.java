/** Tests of {@code io.kohaku.train.checkpoint}. */
package io.kohaku.train.checkpoint;
