package io.kohaku.train;

import io.kohaku.train.loop.IntervalSampler;
import io.kohaku.train.loop.TrainingMeter;

/**
 * What a rank's run is given by the program around it.
 *
 * @param meter hears what every update measured
 * @param pictures opens what draws pictures in the middle of the run
 */
record TrainingHooks(TrainingMeter meter, IntervalSampler.Factory pictures) {
  /** Nobody listens and nothing is drawn. */
  static final TrainingHooks NONE =
      new TrainingHooks(TrainingMeter.NONE, IntervalSampler.Factory.NONE);
}
