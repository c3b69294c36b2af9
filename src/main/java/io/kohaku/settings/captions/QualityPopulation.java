package io.kohaku.settings.captions;

/** Which posts the quality percentiles are taken of. */
public enum QualityPopulation {
  /** All posts of the source that pass the filters, drawn or not. */
  VALID,
  /** The selected posts. */
  SELECTED
}
