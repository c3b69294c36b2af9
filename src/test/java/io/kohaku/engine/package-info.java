/** Tests of {@code io.kohaku.engine}. */
package io.kohaku.engine;
