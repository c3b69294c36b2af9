/** Tests of {@code io.kohaku.sample.prompt}. */
package io.kohaku.sample.prompt;
