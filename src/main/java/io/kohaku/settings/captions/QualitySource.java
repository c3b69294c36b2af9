package io.kohaku.settings.captions;

/** Where the thresholds of the quality tags come from. */
public enum QualitySource {
  /** No quality tags. */
  NONE,
  /** The published table of the model card's run. */
  DELTA,
  /** The later scheme of HakuBooru. */
  HAKUBOORU,
  /** Percentiles of the posts at hand. */
  FIT,
  /** A fitted model that was saved. */
  MODEL
}
