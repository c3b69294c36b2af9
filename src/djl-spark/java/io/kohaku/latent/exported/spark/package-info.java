/**
 * {@link io.kohaku.latent.exported.LatentEncoder} on DJL's Spark extension: the one place that
 * names it, built under the profile {@code djl-spark} alone, since few need the extension and it
 * brings much along.
 */
package io.kohaku.latent.exported.spark;
