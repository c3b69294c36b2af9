/** Tests of {@code io.kohaku.train.data}. */
package io.kohaku.train.data;
