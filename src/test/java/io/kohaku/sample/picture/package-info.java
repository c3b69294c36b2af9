/** Tests of {@code io.kohaku.sample.picture}. */
package io.kohaku.sample.picture;
