/** Tests of {@code io.kohaku.weights.export}. */
package io.kohaku.weights.export;
