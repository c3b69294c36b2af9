/** Tests of {@code io.kohaku.lokr.file}. */
package io.kohaku.lokr.file;
