/**
 * Numbers for people who watch: gauges in Spark's metrics system, and counts of tasks while they
 * run.
 */
package io.kohaku.metrics;
