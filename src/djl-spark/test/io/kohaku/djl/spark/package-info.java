/** Tests of the stage on DJL's Spark extension. */
package io.kohaku.djl.spark;
