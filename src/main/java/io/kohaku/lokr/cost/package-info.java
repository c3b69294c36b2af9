/**
 * Which way of applying a layer's update takes less time: expected by a model, and measured where
 * it is close.
 */
package io.kohaku.lokr.cost;
