/** Tests of the stage on DJL's Spark extension. */
package io.kohaku.latent.exported.spark;
