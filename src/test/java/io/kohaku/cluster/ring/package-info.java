/** Tests of {@code io.kohaku.cluster.ring}. */
package io.kohaku.cluster.ring;
