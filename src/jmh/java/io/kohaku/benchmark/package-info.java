/** JMH benchmarks, each with a {@code main} that prints its ratios: see {@code bench/jmh.sh}. */
package io.kohaku.benchmark;
