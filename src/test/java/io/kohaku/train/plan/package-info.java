/** Tests of {@code io.kohaku.train.plan}. */
package io.kohaku.train.plan;
