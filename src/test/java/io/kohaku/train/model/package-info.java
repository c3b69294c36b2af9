/** Tests of {@code io.kohaku.train.model}. */
package io.kohaku.train.model;
