/**
 * Digests by which files, settings and inputs are known again: plain Java, for every package.
 *
 * <p>In: texts, bytes, streams. Out: 64 lower-case hexadecimal digits.
 */
package io.kohaku.digest;
