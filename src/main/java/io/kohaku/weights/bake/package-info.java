/** Adapters added to a checkpoint for good. */
package io.kohaku.weights.bake;
