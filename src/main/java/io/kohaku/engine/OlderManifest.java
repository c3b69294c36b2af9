package io.kohaku.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.kohaku.provenance.Change;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A manifest that was written before there were revisions: its settings are whole sections, speed
 * and places among them, and its inputs are known by sizes and times.
 *
 * @param published the manifest
 */
record OlderManifest(Manifest published) {
  private static final int REVISION = 1;

  /** What is different now, by the measure of then. */
  List<Change> changes(
      StageJob job,
      SortedMap<String, JsonNode> settings,
      SettingsSource source,
      Workspace workspace)
      throws IOException {
    List<Change> changes = new ArrayList<>(StagePlan.revised(job, REVISION));
    try {
      SettingsSource then = source.with(published.settingsAsJson());
      changes.addAll(Change.ofSettings(StagePlan.deciding(job, then), settings));
    } catch (SettingsException e) {
      changes.add(
          new Change(Change.Cause.SETTING, "settings of an older version", e.getMessage(), "now"));
    }
    changes.addAll(inputs(job.inputs(source.settings(), workspace.formerly())));
    return changes;
  }

  /** Inputs that are not there any more, whatever they are called now; others were added since. */
  private List<Change> inputs(SortedMap<String, Manifest.Input> now) {
    Set<String> digests =
        now.values().stream().map(Manifest.Input::digest).collect(Collectors.toSet());
    SortedMap<String, Manifest.Input> gone = new TreeMap<>(published.inputs());
    gone.values().removeIf(input -> digests.contains(input.digest()));
    return Change.ofInputs(gone, now).stream()
        .filter(change -> gone.containsKey(change.name()))
        .toList();
  }
}
