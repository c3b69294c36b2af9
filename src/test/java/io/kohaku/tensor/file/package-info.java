/** Tests of {@code io.kohaku.tensor.file}. */
package io.kohaku.tensor.file;
