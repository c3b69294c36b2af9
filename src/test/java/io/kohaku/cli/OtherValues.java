package io.kohaku.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kohaku.settings.Settings;
import io.kohaku.settings.kind.Kind;
import io.kohaku.settings.kind.SettingsTable;
import io.kohaku.settings.kind.SettingsValues;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Another value for each setting that decides nothing. */
final class OtherValues {
  /** Places: what lies there decides, see {@link FinishedDemoIT}. */
  private static final Set<String> PLACES =
      Set.of(
          "run.work",
          "model.checkpoint",
          "model.vae",
          "model.tokenizer",
          "posts.path",
          "cluster.libtorch",
          "captions.quality.model",
          "images.shards",
          "latents.imports",
          "train.branch-from",
          "lokr.preset",
          "lokr.resume",
          "merge.original",
          "bake.base",
          "sample.checkpoint");

  /** Other values where there is no next number. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "cluster.device", "cpu",
          "posts.max-reject-fraction", "0.75",
          "latents.max-reject-fraction", "0.75",
          "latents.verify", "full",
          "train.checkpoint.folder", "target/elsewhere",
          "train.schedule.extend", "rescale",
          "train.speed.memory-format", "channels-last",
          "train.speed.merge", "update",
          "train.speed.read-loss", "update");

  private OtherValues() {}

  /** As {@code key=value}; places are left out, and what is said of an element of a list. */
  static List<String> ofHow(Settings settings) {
    Map<String, JsonNode> values = SettingsValues.all(settings);
    return SettingsTable.of(Settings.class).stream()
        .filter(setting -> setting.kind().equals(Optional.of(Kind.HOW)))
        .map(SettingsTable.Entry::key)
        .filter(key -> !PLACES.contains(key) && !key.contains("[]"))
        .map(key -> key + "=" + other(key, values.get(key)))
        .toList();
  }

  private static String other(String key, JsonNode value) {
    if (OTHERS.containsKey(key)) {
      return OTHERS.get(key);
    } else if (value.isBoolean()) {
      return "" + !value.asBoolean();
    } else if (value.asText().endsWith("ms")) {
      return "7m";
    }
    assertThat(value.isIntegralNumber()).as("another value of " + key).isTrue();
    return "" + (value.asLong() + 1);
  }
}
