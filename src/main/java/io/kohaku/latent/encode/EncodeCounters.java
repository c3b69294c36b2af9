package io.kohaku.latent.encode;

import io.kohaku.settings.Precision;
import java.io.Serializable;
import java.util.OptionalLong;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(EncodeCounters.class);

  /** The name of the fallbacks, in Spark's pages (after a prefix) and in manifests. */
  public static final String FALLBACKS = "fp32-fallbacks";

  /** Counters that begin at 0. */
  public static EncodeCounters of(SparkContext spark) {
    return new EncodeCounters(
        spark.longAccumulator("kohaku.images"),
        spark.longAccumulator("kohaku.rejects"),
        spark.longAccumulator("kohaku." + FALLBACKS));
  }

  /**
   * How many images were encoded again, told to people; nothing where that cannot be. Latents of
   * earlier runs are not counted again.
   */
  public OptionalLong tellFallbacks(Precision precision) {
    if (precision == Precision.FP32) {
      return OptionalLong.empty();
    }
    long again = fallbacks.value();
    LOG.info("fp32 fallback: {} images that were not finite in {}", again, precision);
    if (2 * again > images.value()) {
      LOG.warn(
          "The VAE overflows in {} for most images, each of which was encoded twice (set latents.precision = fp32, or model.vae to one made for fp16)",
          precision);
    }
    return OptionalLong.of(again);
  }
}
