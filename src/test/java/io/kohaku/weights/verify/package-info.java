/** Tests of {@code io.kohaku.weights.verify}. */
package io.kohaku.weights.verify;
