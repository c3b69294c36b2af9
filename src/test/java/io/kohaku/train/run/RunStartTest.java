package io.kohaku.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.settings.kind.Keys;
import io.kohaku.settings.kind.SettingsValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStartTest {
  private static final Keys TRAINING = Keys.of("train", "lokr", "cluster");

  @TempDir Path folder;
  private Optional<Manifest> published = Optional.empty();

  private RunStart start(String... overrides) {
    Settings settings = SettingsSource.read(List.of(), List.of(overrides)).settings();
    SortedMap<String, JsonNode> deciding = TRAINING.of(SettingsValues.deciding(settings));
    RunLedger ledger = new RunLedger(folder);
    return new RunStart(
        ledger,
        ledger.run(new RunMakeup(2, deciding, inputs())),
        settings.train(),
        TRAINING.of(SettingsValues.all(settings)),
        published);
  }

  private static SortedMap<String, Manifest.Input> inputs() {
    return new TreeMap<>(Map.of("prepare", new Manifest.Input("here", "digest")));
  }

  private static void reach(TrainingRun run, long update) throws IOException {
    Files.createDirectories(run.folder().resolve("step-00000000" + update));
  }

  private void publish(long updates, String... overrides) {
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

  @Test
  void howFarAndHowFastIsNoOtherRun() throws IOException {
    Path one = start().run().folder();
    for (String same :
        List.of(
            "train.epochs=2",
            "train.steps=7",
            "train.optimizer.unet-rate=1",
            "train.optimizer.text-encoder-rate=1",
            "train.guard.max-skipped=3",
            "lokr.mode=merged",
            "cluster.ranks=4",
            "train.log.inputs=true")) {
      assertThat(start(same).run().folder()).as(same).isEqualTo(one);
    }
    for (String other :
        List.of("train.micro-batch=2", "lokr.dim=8", "train.compute=fp16", "cluster.wire=fp16")) {
      assertThat(start(other).run().folder()).as(other).isNotEqualTo(one);
    }
  }

  @Test
  void theHistorySaysWhatHeldFromWhichUpdateOn() throws IOException {
    TrainingRun run = start().begin();
    reach(run, 4);
    RunStart changed = start("train.optimizer.unet-rate=1e-3", "cluster.ranks=2");
    assertThat(changed.notes())
        .containsExactly(
            "goes on from update 4 of the run in " + run.folder(),
            "  train.optimizer.unet-rate: 4.0E-5 → 0.001");
    changed.begin();
    start("train.optimizer.unet-rate=1e-3", "cluster.ranks=2").begin();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.history().file())) {
      lines.add(new ObjectMapper().readTree(line));
    }
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).get("update").asLong()).isZero();
    assertThat(lines.get(0).get("settings").size()).isGreaterThan(60);
    assertThat(lines.get(1).get("update").asLong()).isEqualTo(4);
    assertThat(lines.get(1).get("settings").toString())
        .isEqualTo("{\"cluster.ranks\":2,\"train.optimizer.unet-rate\":0.001}");
  }

  @Test
  void aNewRunLeavesTheOthersAndNamesThem() throws IOException {
    TrainingRun first = start().begin();
    reach(first, 6);
    Files.createDirectories(folder.resolve("0123456789ab/step-000000040"));
    RunStart other = start("train.micro-batch=2");
    assertThat(other.notes())
        .containsExactly(
            "begins a new run; the one at update 6 in %s stays as it is:".formatted(first.folder()),
            "  train.micro-batch: 4 → 2",
            "a run of an older version lies in %1$s (train.branch-from = \"%1$s\" takes up its state)"
                .formatted(folder.resolve("0123456789ab")));
    assertThat(other.left().orElseThrow().folder()).isEqualTo(first.folder());
    assertThat(start().left()).isEmpty();
    assertThat(start().atHand().orElseThrow().folder()).isEqualTo(first.folder());
  }

  @Test
  void aRunThatIsOverTakesNoOtherRate() throws IOException {
    reach(start("train.steps=6").begin(), 6);
    publish(6, "train.steps=6");
    assertThat(start("train.steps=6").refusal()).isEmpty();
    String rate = "train.optimizer.unet-rate=1e-3";
    RunStart over = start("train.steps=6", rate);
    assertThat(over.refusal().orElseThrow())
        .contains("it is over", "train.optimizer.unet-rate: 4.0E-5 → 0.001", "--force");
    assertThatThrownBy(over::begin).isInstanceOf(SettingsException.class);
    assertThat(start("train.steps=9", rate).refusal()).as("three more at this rate").isEmpty();
    assertThat(start("train.steps=5").refusal().orElseThrow())
        .contains("has come further than train.steps = 5");
  }

  @Test
  void aCurveThatDependsOnTheEndIsNotBentUnasked() throws IOException {
    String cosine = "train.schedule.curve=cosine";
    reach(start("train.steps=6", cosine).begin(), 4);
    assertThat(start("train.steps=6", cosine).refusal()).isEmpty();
    assertThat(start("train.steps=9", cosine).refusal().orElseThrow())
        .contains("train.steps: 6 → 9", "set train.schedule.extend = rescale");
    assertThat(start("train.steps=9", cosine, "train.schedule.extend=rescale").refusal()).isEmpty();
  }

  @Test
  void beginningAnewKeepsWhatThereIs() throws IOException {
    TrainingRun run = start().begin();
    reach(run, 6);
    start().beginAnew();
    assertThat(run.update()).isEmpty();
    assertThat(run.history().settings()).isNotEmpty();
    try (var children = Files.list(folder)) {
      assertThat(children.filter(child -> child.toString().contains(".before-")))
          .singleElement()
          .satisfies(kept -> assertThat(kept.resolve("step-000000006")).isDirectory());
    }
  }

  @Test
  void theTimeOfARunIsThatOfItsUpdates() throws IOException {
    TrainingRun run = start().begin();
    assertThat(run.seconds()).isZero();
    Files.writeString(
        run.folder().resolve("logs/metrics.jsonl"),
        """
        {"step":1,"time/update":1.5}
        {"step":1,"validation/loss":9.0}
        {"step":2,"time/update":2.25}
        {"step":3,"time/upd""");
    assertThat(run.seconds()).isEqualTo(3.75);
  }
}
