/** Tests of {@code io.kohaku.weights.bake}. */
package io.kohaku.weights.bake;
