/**
 * The tables that tell which latent belongs to which post and where it lies.
 *
 * <p>{@code EncodedTable} is the account of all selected posts, {@code LatentTable} what training
 * reads of it.
 */
package io.kohaku.latent.table;
