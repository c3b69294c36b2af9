package io.kohaku.latent.encode;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What people watch while images are encoded, and what is told of it afterwards.
 *
 * @param images that are done
 * @param rejects those of them that got no latent
 * @param fallbacks those of them that were encoded again in fp32, since what the VAE gave in the
 *     precision asked for was not finite
 */
public record EncodeCounters(
    LongAccumulator images, LongAccumulator rejects, LongAccumulator fallbacks)
    implements Serializable {
  /** The name of the fallbacks, in Spark's pages (after a prefix) and in manifests. */
  public static final String FALLBACKS = "fp32-fallbacks";

  /** Counters that begin at 0. */
  public static EncodeCounters of(SparkContext spark) {
    return new EncodeCounters(
        spark.longAccumulator("kohaku.images"),
        spark.longAccumulator("kohaku.rejects"),
        spark.longAccumulator("kohaku." + FALLBACKS));
  }
}
