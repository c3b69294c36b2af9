/** Tests of {@code io.kohaku.latent.table}. */
package io.kohaku.latent.table;
