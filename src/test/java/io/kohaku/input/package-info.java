/** Tests of {@code io.kohaku.input}. */
package io.kohaku.input;
