package io.kohaku.train;

/** What the network is taught to predict. */
public enum PredictionType {
  /** The noise ε that was added. */
  EPSILON,
  /** The velocity √ᾱ·ε − √(1−ᾱ)·z. */
  V_PREDICTION
}
