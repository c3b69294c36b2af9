package io.kohaku.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.kohaku.settings.binding.Bytes;
import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.binding.OneOf;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsSourceTest {
  @TempDir Path folder;

  /** A section with a component of every supported type. */
  public record Sample(
      int steps,
      @Range(min = 0, max = 1) double rate,
      @Bytes long buffer,
      boolean quick,
      @NotBlank String name,
      @OneOf({"red", "blue"}) String colour,
      Kind kind,
      Optional<Integer> limit,
      @Range(min = 1) List<Integer> sides,
      Map<String, Double> factors,
      Duration pause,
      Band band) {}

  public enum Kind {
    WITHOUT_REPLACEMENT,
    CARD
  }

  public record Band(long from, long until) implements Checked {
    @Override
    public void check(Problems problems) {
      if (until <= from) {
        problems.add("until", until, "must be above from");
      }
    }
  }

  public record Tree(Sample sample, RunSettings run) {}

  private static final String GOOD =
      """
      sample {
        steps = 3, rate = 0.5, buffer = 2 MiB, quick = true, name = "a b", colour = red
        kind = without-replacement, limit = null, sides = [64, 128], factors { x = 1.5 }
        pause = 30s, band { from = 1, until = 2 }
      }
      """;

  private SettingsSource read(String text, String... overrides) throws IOException {
    Path file = Files.writeString(folder.resolve("recipe.conf"), text);
    return SettingsSource.read(
        ConfigFactory.parseString("run { work = w, seed = 1, confirm-above = 1h }"),
        List.of(file),
        List.of(overrides));
  }

  @Test
  void bindsEveryType() throws IOException {
    Sample sample = read(GOOD).bind(Tree.class).sample();
    assertThat(sample)
        .isEqualTo(
            new Sample(
                3,
                0.5,
                2L << 20,
                true,
                "a b",
                "red",
                Kind.WITHOUT_REPLACEMENT,
                Optional.empty(),
                List.of(64, 128),
                Map.of("x", 1.5),
                Duration.ofSeconds(30),
                new Band(1, 2)));
  }

  @Test
  void overridesStandAboveFilesAndFilesAboveDefaults() throws IOException {
    Tree tree =
        read(GOOD + "run.seed = 5", "sample.steps=9", "sample.sides=[1]", "run.work=s3a://b/c#d")
            .bind(Tree.class);
    assertThat(tree.sample().steps()).isEqualTo(9);
    assertThat(tree.sample().sides()).containsExactly(1);
    assertThat(tree.run()).isEqualTo(new RunSettings("s3a://b/c#d", 5, Duration.ofHours(1)));
  }

  @Test
  void aNameWithItsEndingIsTheSameName() {
    List<String> overrides = List.of("export.name=mine.safetensors");
    assertThat(SettingsSource.read(List.of(), overrides).settings().export().name())
        .isEqualTo("mine");
  }

  @Test
  void numbersThatAreNoneAreNoSettings() {
    String merged = "merge.checkpoints=[{file=a, ratio=Infinity}, {file=b, ratio=NaN}]";
    assertThatThrownBy(() -> SettingsSource.read(List.of(), List.of(merged)).settings())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("merge.checkpoints[0].ratio: Infinity (must be a number that is")
        .hasMessageContaining("merge.checkpoints[1].ratio: NaN (must be a number that is finite)");
  }

  @Test
  void tellsEveryProblemAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                        GOOD,
                        "sample.stepz=3",
                        "sample.rate=1.5",
                        "sample.steps=many",
                        "sample.colour=green",
                        "sample.kind=any",
                        "sample.sides=[64, 0]",
                        "sample.name=\" \"",
                        "sample.pause=soon",
                        "sample.band.until=0")
                    .bind(Tree.class))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("Unknown setting: sample.stepz (did you mean sample.steps?)")
        .hasMessageContaining("Invalid sample.rate: 1.5 (must be between 0 and 1)")
        .hasMessageContaining("Invalid sample.steps: \"many\" (must be a whole number)")
        .hasMessageContaining("Invalid sample.colour: green (one of red, blue)")
        .hasMessageContaining("Invalid sample.kind: \"any\" (one of without-replacement, card)")
        .hasMessageContaining("Invalid sample.sides[1]: 0 (must be at least 1)")
        .hasMessageContaining("Invalid sample.name: \"\" (must not be empty)")
        .hasMessageContaining("Invalid sample.pause: \"soon\" (must be a duration, such as 30s)")
        .hasMessageContaining("Invalid sample.band.until: 0 (must be above from)");
  }

  @Test
  void namesAMissingSettingAndAnUnknownSection() {
    assertThatThrownBy(() -> read("sample {}, bandz = 1").bind(Tree.class))
        .hasMessageContaining("Missing setting: sample.steps")
        .hasMessageContaining("Unknown setting: bandz");
  }

  @Test
  void refusesFilesAndOverridesThatCannotBeRead() {
    assertThatThrownBy(() -> SettingsSource.read(List.of(folder.resolve("no.conf")), List.of()))
        .hasMessage("Missing settings file: " + folder.resolve("no.conf"));
    assertThatThrownBy(() -> read("sample {")).hasMessageContaining("Cannot read settings file");
    assertThatThrownBy(() -> read("", "steps"))
        .hasMessage("Invalid --set: steps (must be key=value)");
  }

  @Test
  void whatAStageRanWithStandsAboveAllElse() {
    List<String> overrides = List.of("lokr.dim=8", "lokr.factor=2", "export.name=x");
    SettingsSource now = SettingsSource.read(List.of(), overrides);
    Map<String, String> ran = Map.of("lokr", "{\"dim\": 16}", "run.seed", "5");
    Settings both = now.with(ran).settings();
    assertThat(both.lokr().dim()).isEqualTo(16);
    assertThat(both.lokr().factor()).as("of which nothing was known then").isEqualTo(2);
    assertThat(both.run().seed()).isEqualTo(5);
    assertThat(both.export().name()).isEqualTo("x");
  }

  @Test
  void referenceConfNamesEverySettingAndNoOther() {
    SettingsSource defaults = SettingsSource.read(List.of(), List.of());
    assertThat(defaults.settings()).isNotNull();
  }
}
