package io.kohaku.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.kohaku.provenance.Change;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageFolder;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.kind.SettingsValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * What a stage would be made of now, beside what its published output was made of.
 *
 * @param job the stage
 * @param folder where it is published
 * @param settings those that decide its result
 * @param inputs what it reads
 * @param published what is published, if anything is
 * @param changes what of it is different now
 * @param damage what is wrong with the published data, or missing beside it
 */
public record StagePlan(
    StageJob job,
    StageFolder folder,
    SortedMap<String, JsonNode> settings,
    SortedMap<String, Manifest.Input> inputs,
    Optional<Manifest> published,
    List<Change> changes,
    Optional<String> damage) {

  /** Looks at settings, inputs and what is published; starts nothing. */
  static StagePlan of(StageJob job, SettingsSource source, Workspace workspace) throws IOException {
    SortedMap<String, JsonNode> settings = deciding(job, source);
    SortedMap<String, Manifest.Input> inputs = job.inputs(source.settings(), workspace);
    StageFolder folder = workspace.stage(job.name());
    Optional<Manifest> published = folder.manifest();
    if (published.isEmpty()) {
      return new StagePlan(job, folder, settings, inputs, published, List.of(), Optional.empty());
    }
    Manifest manifest = published.get();
    List<Change> changes =
        manifest.hasNoRevision()
            ? new OlderManifest(manifest).changes(job, settings, source, workspace)
            : changes(job, settings, inputs, manifest);
    Optional<String> damage = folder.damage(manifest);
    if (damage.isEmpty()) {
      damage = job.missing(manifest, workspace);
    }
    return new StagePlan(job, folder, settings, inputs, published, changes, damage);
  }

  /** The settings that decide the stage's result, each in its one way of writing. */
  static SortedMap<String, JsonNode> deciding(StageJob job, SettingsSource source) {
    return job.decidedBy().of(SettingsValues.deciding(source.settings()));
  }

  private static List<Change> changes(
      StageJob job,
      SortedMap<String, JsonNode> settings,
      SortedMap<String, Manifest.Input> inputs,
      Manifest published) {
    List<Change> changes = new ArrayList<>(revised(job, published.revision()));
    changes.addAll(Change.ofSettings(then(job, published, settings.keySet()), settings));
    changes.addAll(Change.ofInputs(published.inputs(), inputs));
    return changes;
  }

  /** The settings of then; one that there was not yet had its default, which changes nothing. */
  private static SortedMap<String, JsonNode> then(
      StageJob job, Manifest published, Set<String> keys) {
    SortedMap<String, JsonNode> then = published.settingsByKey();
    if (!then.keySet().containsAll(keys)) {
      SortedMap<String, JsonNode> defaults =
          deciding(job, SettingsSource.read(List.of(), List.of()));
      defaults.keySet().retainAll(keys);
      defaults.forEach(then::putIfAbsent);
    }
    return then;
  }

  /** Whether the program gives other results than it did at this revision. */
  static List<Change> revised(StageJob job, int before) {
    Revision now = job.revision();
    return before == now.number()
        ? List.of()
        : List.of(
            new Change(Change.Cause.REVISION, now.difference(), "" + before, "" + now.number()));
  }

  /** Whether nothing has to be done. */
  public boolean isCurrent() {
    return published.isPresent() && changes.isEmpty() && damage.isEmpty();
  }

  /** Digest of all that decides the result. */
  String fingerprint() {
    return Manifest.fingerprint(job.name(), job.revision().number(), settings, inputs);
  }

  /** Why it has to be made, a line each. */
  List<String> reasons() {
    if (published.isEmpty()) {
      return List.of("never made here");
    }
    List<String> reasons = new ArrayList<>(changes.stream().map(Change::text).toList());
    damage.ifPresent(reasons::add);
    return reasons;
  }
}
