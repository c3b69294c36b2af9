/** Tests of {@code io.kohaku.train.log}. */
package io.kohaku.train.log;
