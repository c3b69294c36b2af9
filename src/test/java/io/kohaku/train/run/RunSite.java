package io.kohaku.train.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.kind.Keys;
import io.kohaku.settings.kind.SettingsValues;
import io.kohaku.train.plan.RunPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A folder of runs under the settings that a test names. */
final class RunSite {
  private static final Keys TRAINING = Keys.of("train", "lokr", "cluster");

  private final Path folder;
  private Optional<Manifest> published = Optional.empty();

  RunSite(Path folder) {
    this.folder = folder;
  }

  RunStart start(String... overrides) {
    return start(inputs(), overrides);
  }

  RunStart start(SortedMap<String, Manifest.Input> inputs, String... overrides) {
    Settings settings = SettingsSource.read(List.of(), List.of(overrides)).settings();
    SortedMap<String, JsonNode> deciding = TRAINING.of(SettingsValues.deciding(settings));
    RunLedger ledger = new RunLedger(folder);
    return new RunStart(
        ledger,
        ledger.run(new RunMakeup(2, deciding, inputs)),
        settings.train(),
        RunPlan.of(List.of(200, 184), settings.train(), 1),
        TRAINING.of(SettingsValues.all(settings)),
        published);
  }

  static SortedMap<String, Manifest.Input> inputs() {
    return new TreeMap<>(Map.of("prepare", new Manifest.Input("here", "digest")));
  }

  static void reach(TrainingRun run, long update) throws IOException {
    Files.createDirectories(run.folder().resolve("step-00000000" + update));
  }

  void publish(long updates, String... overrides) {
    Settings settings = SettingsSource.read(List.of(), List.of(overrides)).settings();
    JsonNode deciding =
        new ObjectMapper().valueToTree(TRAINING.of(SettingsValues.deciding(settings)));
    published =
        Optional.of(
            new Manifest(
                "train",
                "1",
                2,
                "f",
                deciding,
                inputs(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(Map.of("updates", updates)),
                1));
  }
}
