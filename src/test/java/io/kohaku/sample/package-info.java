/** Tests of {@code io.kohaku.sample}. */
package io.kohaku.sample;
