/** Tests of {@code io.kohaku.number}. */
package io.kohaku.number;
