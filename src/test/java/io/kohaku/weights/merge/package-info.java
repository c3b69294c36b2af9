/** Tests of {@code io.kohaku.weights.merge}. */
package io.kohaku.weights.merge;
