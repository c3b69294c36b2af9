package io.kohaku.train.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.kohaku.provenance.Change;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.kind.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What stays the same in a run from its first update to its last; another make-up is another run.
 *
 * @param revision of the training stage
 * @param settings that decide the result, but for those that may change in the middle
 * @param inputs what is trained on and from
 */
public record RunMakeup(
    int revision, SortedMap<String, JsonNode> settings, SortedMap<String, Manifest.Input> inputs) {
  /** Settings that decide how far a run goes. */
  public static final Keys LENGTH = Keys.of("train.epochs", "train.steps");

  /** Settings that decide the result and yet may change in the middle of a run. */
  public static final Keys CHANGEABLE =
      LENGTH.and(
          "train.optimizer.unet-rate",
          "train.optimizer.text-encoder-rate",
          "train.guard",
          "lokr.mode");

  private static final int DIGITS = 12;

  /** Leaves out what may change. */
  public RunMakeup {
    settings = new TreeMap<>(settings);
    settings.keySet().removeIf(CHANGEABLE::holds);
    inputs = new TreeMap<>(inputs);
  }

  /** What a published training was made of. */
  public static RunMakeup of(Manifest published) {
    return new RunMakeup(published.revision(), published.settingsByKey(), published.inputs());
  }

  /** The name of the run's folder. */
  String id() {
    return Manifest.fingerprint("run", revision, settings, inputs).substring(0, DIGITS);
  }

  /** What is different in this make-up from an earlier one. */
  List<Change> since(RunMakeup before) {
    List<Change> changes = new ArrayList<>(Change.ofSettings(before.settings, settings));
    changes.addAll(Change.ofInputs(before.inputs, inputs));
    return changes;
  }
}
