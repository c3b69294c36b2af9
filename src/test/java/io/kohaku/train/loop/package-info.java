/** Runs the training loop for benchmarks. */
package io.kohaku.train.loop;
