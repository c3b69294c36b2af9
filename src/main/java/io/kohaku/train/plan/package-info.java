/**
 * What a run does when, as plain arithmetic: which images make up which update, on which rank, and
 * where a run stands after it.
 *
 * <p>Nothing here knows tensors, files or Spark, so every rule of the order is tested in
 * milliseconds.
 */
package io.kohaku.train.plan;
