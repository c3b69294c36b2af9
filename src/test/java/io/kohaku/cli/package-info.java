/** Tests of {@code io.kohaku.cli}. */
package io.kohaku.cli;
