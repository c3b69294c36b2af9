package io.kohaku.train;

import io.kohaku.train.loop.TrainOutcome;
import java.util.stream.Stream;

/**
 * Runs of one rank on one site, all of the same recipe but for what each says more.
 *
 * @param site where they lie and what they are trained on
 * @param recipe settings of all of them
 */
record RecipeRuns(TrainingSite site, String... recipe) {
  /** The recipe's settings and more above them. */
  String[] with(String... more) {
    return Stream.of(recipe, more).flatMap(Stream::of).toArray(String[]::new);
  }

  TrainOutcome train(String run, String... more) throws Exception {
    return Ranks.run(1, site.inputs(run), site.settings(with(more)));
  }

  SavedRun saved(String run) {
    return new SavedRun(site.checkpoints(run));
  }
}
