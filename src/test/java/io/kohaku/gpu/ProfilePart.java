package io.kohaku.gpu;

import io.kohaku.ownership.Closer;
import io.kohaku.train.loop.MeasuredUpdates;
import io.kohaku.train.model.LayerModes;
import java.util.List;
import java.util.Map;

/**
 * One update after a pause, for a profiler around this program that looks at what came after the
 * last pause alone.
 */
final class ProfilePart {
  /** Longer than any pause that an update has by itself. */
  private static final long PAUSE_MILLIS = 1500;

  private final KitOptions options;
  private final Results results;

  ProfilePart(KitOptions options) {
    this.options = options;
    this.results = new Results(options.out(), "profile");
  }

  void run() throws Exception {
    UpdateCase wanted =
        new UpdateCases(options)
            .list().stream()
                .filter(one -> one.name().equals(options.text("case", "all levers")))
                .findFirst()
                .orElseThrow();
    try (Closer opened = new Closer()) {
      TrainedModel model = TrainedModel.open(options, wanted.words(), opened);
      MeasuredUpdates updates =
          new MeasuredUpdates(
              model.settings(),
              model.networks(),
              LayerModes.UNDECIDED,
              wanted.images(options),
              opened);
      updates.run(2);
      Thread.sleep(PAUSE_MILLIS);
      List<MeasuredUpdates.Seconds> one = updates.run(1);
      results.put(
          "update",
          Map.of(
              "settings", wanted.name(),
              "micro_batches", wanted.microBatches(),
              "seconds_update", one.get(0).whole()));
    }
  }
}
