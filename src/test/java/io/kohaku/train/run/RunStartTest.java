package io.kohaku.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStartTest {
  @TempDir Path folder;
  private RunSite site;

  @BeforeEach
  void makeSite() {
    site = new RunSite(folder);
  }

  @Test
  void howFarAndHowFastIsNoOtherRun() throws IOException {
    Path one = site.start().run().folder();
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
      assertThat(site.start(same).run().folder()).as(same).isEqualTo(one);
    }
    for (String other :
        List.of("train.micro-batch=2", "lokr.dim=8", "train.compute=fp16", "cluster.wire=fp16")) {
      assertThat(site.start(other).run().folder()).as(other).isNotEqualTo(one);
    }
  }

  @Test
  void theHistorySaysWhatHeldFromWhichUpdateOn() throws IOException {
    TrainingRun run = site.start().begin();
    RunSite.reach(run, 2);
    RunStart changed = site.start("train.optimizer.unet-rate=1e-3", "cluster.ranks=2");
    assertThat(changed.notes())
        .containsExactly(
            "goes on from update 2 of the run in " + run.folder(),
            "  train.optimizer.unet-rate: 4.0E-5 → 0.001");
    changed.begin();
    site.start("train.optimizer.unet-rate=1e-3", "cluster.ranks=2").begin();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(run.history().file())) {
      lines.add(new ObjectMapper().readTree(line));
    }
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).get("update").asLong()).isZero();
    assertThat(lines.get(0).get("settings").size()).isGreaterThan(60);
    assertThat(lines.get(1).get("update").asLong()).isEqualTo(2);
    assertThat(lines.get(1).get("settings").toString())
        .isEqualTo("{\"cluster.ranks\":2,\"train.optimizer.unet-rate\":0.001}");
  }

  @Test
  void aNewRunLeavesTheOthersAndNamesThem() throws IOException {
    TrainingRun first = site.start().begin();
    RunSite.reach(first, 6);
    Files.createDirectories(folder.resolve("0123456789ab/step-000000040"));
    RunStart other = site.start("train.micro-batch=2");
    assertThat(other.notes())
        .containsExactly(
            "begins a new run; the one at update 6 in %s stays as it is:".formatted(first.folder()),
            "  train.micro-batch: 4 → 2",
            "a run of an older version lies in %1$s (train.branch-from = \"%1$s\" takes up its state)"
                .formatted(folder.resolve("0123456789ab")));
    assertThat(other.left().orElseThrow().folder()).isEqualTo(first.folder());
    assertThat(site.start().left()).isEmpty();
    assertThat(site.start().atHand().orElseThrow().folder()).isEqualTo(first.folder());
  }

  /** An epoch is three updates: 96 micro-batches of 4, 32 an update. */
  @Test
  void aRunThatIsOverTakesNoOtherRate() throws IOException {
    String[] three = {"train.epochs=1", "train.optimizer.unet-rate=1e-3"};
    RunSite.reach(site.start("train.epochs=1").begin(), 3);
    assertThat(site.start("train.epochs=1").refusal()).isEmpty();
    RunStart over = site.start(three);
    assertThat(over.refusal().orElseThrow())
        .contains("it is over", "train.optimizer.unet-rate: 4.0E-5 → 0.001", "--force");
    assertThatThrownBy(over::begin).isInstanceOf(SettingsException.class);
    assertThat(site.start("train.epochs=1", "train.steps=99", three[1]).refusal())
        .as("steps that say no more")
        .isPresent();
    assertThat(site.start("train.epochs=2", three[1]).refusal()).as("three more").isEmpty();
  }

  @Test
  void aRunThatIsOverAndWorthNothingGivesWayToACorrectedOne() throws IOException {
    String[] corrected = {"train.epochs=1", "train.guard.max-gradient-norm=5"};
    RunStart over = site.start("train.epochs=1");
    RunSite.reach(over.begin(), 3);
    over.endedWorthless("nothing was learned");
    assertThat(site.start("train.epochs=1").begin().update())
        .as("unchanged, it ends as it did")
        .hasValue(3);
    RunStart anew = site.start(corrected);
    assertThat(anew.refusal()).isEmpty();
    assertThat(anew.notes().get(0)).startsWith("begins anew");
    assertThat(anew.notes().get(1)).contains("it came to nothing: nothing was learned");
    assertThat(anew.left()).as("what it takes the place of is asked about").contains(anew.run());
    assertThat(anew.begin().update()).isEmpty();
    assertThat(new RunLedger(folder).holding(over.run(), 3).toString()).contains(".before-");
    RunSite.reach(over.run(), 3);
    assertThat(site.start("train.epochs=1").refusal()).as("the new one is over").isPresent();
    over.endedWorthless("again nothing");
    RunStart longer = site.start("train.epochs=2", "train.guard.max-gradient-norm=5");
    assertThat(longer.isWorthless()).isTrue();
    assertThat(longer.begin().update()).as("not even a longer one goes on from it").isEmpty();
  }

  @Test
  void aRunThatIsWorthSomethingStaysProtected() throws IOException {
    String guard = "train.guard.max-gradient-norm=5";
    RunStart two = site.start("train.epochs=2");
    RunSite.reach(two.begin(), 3);
    two.endedWorthless("broken off by too many updates left out");
    assertThat(site.start("train.epochs=1", guard).refusal()).as("it was not over").isPresent();
    assertThat(site.start("train.epochs=2", "train.guard.max-skipped=9").begin().update())
        .as("it goes on")
        .hasValue(3);
    assertThat(two.isWorthless()).as("unless it is forced to begin anew").isTrue();
    RunStart one = site.start("train.epochs=1");
    one.endedWorthless("nothing was learned");
    RunSite.reach(one.run(), 6);
    assertThat(site.start("train.epochs=2", guard).refusal()).as("it has gone on").isPresent();
    site.publish(6, "train.epochs=2");
    RunStart more = site.start("train.epochs=3");
    RunSite.reach(more.begin(), 9);
    more.endedWorthless("a rate far too high");
    assertThat(site.start("train.epochs=3", guard).refusal().orElseThrow())
        .contains("update 9", "has come to nothing since it was published: a rate", "@6\"");
  }

  @Test
  void aShorterRunEndsWhereItWasSavedAtTheRateThatItHad() throws IOException {
    TrainingRun run = site.start("train.epochs=2").begin();
    RunSite.reach(run, 6);
    assertThat(site.start("train.epochs=1").refusal().orElseThrow())
        .contains("has no checkpoint of update 3, at which it would end");
    RunSite.reach(run, 3);
    assertThat(site.start("train.epochs=1").refusal()).isEmpty();
    assertThat(site.start("train.steps=3", "train.optimizer.unet-rate=1e-3").refusal()).isPresent();
    site.publish(3, "train.steps=3");
    assertThat(site.start("train.steps=3").isOver()).isTrue();
    site.publish(7, "train.steps=7");
    assertThat(site.start("train.steps=7").isOver()).as("begun anew, and not yet so far").isFalse();
  }

  @Test
  void aCurveThatDependsOnTheEndIsNotBentUnasked() throws IOException {
    String cosine = "train.schedule.curve=cosine";
    RunSite.reach(site.start("train.epochs=2", cosine).begin(), 4);
    assertThat(site.start("train.epochs=2", cosine).refusal()).isEmpty();
    assertThat(site.start("train.epochs=9", "train.steps=6", cosine).refusal())
        .as("the same end")
        .isEmpty();
    assertThat(site.start("train.epochs=3", cosine).refusal().orElseThrow())
        .contains("moves from update 6 to 9", "set train.schedule.extend = rescale");
    assertThat(site.start("train.epochs=3", cosine, "train.schedule.extend=rescale").refusal())
        .isEmpty();
  }

  @Test
  void anExportFindsTheCheckpointOfARunThatWasSetAside() throws IOException {
    TrainingRun run = site.start().begin();
    RunSite.reach(run, 3);
    site.start().beginAnew();
    RunSite.reach(run, 1);
    RunLedger ledger = new RunLedger(folder);
    assertThat(ledger.holding(run, 1)).isEqualTo(run.folder());
    assertThat(ledger.holding(run, 3).toString()).startsWith(run.folder() + ".before-");
    assertThat(ledger.holding(run, 2)).isEqualTo(run.folder());
  }

  @Test
  void beginningAnewKeepsWhatThereIs() throws IOException {
    TrainingRun run = site.start().begin();
    RunSite.reach(run, 6);
    site.start().beginAnew();
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
    TrainingRun run = site.start().begin();
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
