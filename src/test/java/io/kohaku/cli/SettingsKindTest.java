package io.kohaku.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.engine.StageJob;
import io.kohaku.settings.Settings;
import io.kohaku.settings.kind.Kind;
import io.kohaku.settings.kind.SettingsTable;
import io.kohaku.train.run.RunMakeup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every setting says what it is, and the documentation says the same. */
class SettingsKindTest {
  private static final Path PAGE = Path.of("docs/what-is-made-again.md");

  private static List<SettingsTable.Entry> settings() {
    return SettingsTable.of(Settings.class);
  }

  private static String stages(String key) {
    return Jobs.stages().stream()
        .filter(stage -> stage.decidedBy().holds(key))
        .map(StageJob::name)
        .collect(Collectors.joining(", "));
  }

  @Test
  void everySettingIsMarked() {
    assertThat(settings())
        .hasSizeGreaterThan(200)
        .filteredOn(setting -> setting.kind().isEmpty())
        .as("mark with @What or @How where it is declared")
        .isEmpty();
  }

  @Test
  void whatDecidesIsInAStagesFingerprint() {
    assertThat(settings())
        .filteredOn(setting -> setting.kind().equals(Optional.of(Kind.WHAT)))
        .filteredOn(setting -> stages(setting.key()).isEmpty())
        .as("name it in decidedBy() of the stages whose result it decides, or mark it @How")
        .isEmpty();
  }

  @Test
  void everyKeyThatAStageNamesIsASetting() {
    List<String> keys = settings().stream().map(SettingsTable.Entry::key).toList();
    for (StageJob stage : Jobs.stages()) {
      List<String> named = new ArrayList<>(stage.decidedBy().in());
      named.addAll(stage.decidedBy().out());
      for (String name : named) {
        assertThat(keys)
            .as(stage.name() + " names " + name)
            .anyMatch(key -> key.equals(name) || key.startsWith(name + "."));
      }
    }
    for (String name : RunMakeup.CHANGEABLE.in()) {
      assertThat(keys).anyMatch(key -> key.equals(name) || key.startsWith(name + "."));
    }
  }

  @Test
  void thePageHasTheTable() throws IOException {
    String table =
        settings().stream()
            .map(
                setting ->
                    "| `%s` | %s | %s |"
                        .formatted(
                            setting.key(),
                            setting.kind().equals(Optional.of(Kind.WHAT)) ? "what" : "how",
                            setting.kind().equals(Optional.of(Kind.WHAT))
                                ? stages(setting.key())
                                : ""))
            .collect(Collectors.joining("\n"));
    assertThat(Files.readString(PAGE)).as("the table must be:\n" + table).contains(table);
  }
}
