/** Tests of {@code io.kohaku.weights}. */
package io.kohaku.weights;
