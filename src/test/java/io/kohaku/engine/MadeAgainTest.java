package io.kohaku.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageHeldException;
import io.kohaku.provenance.StageLock;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes a stage run again, what does not, and what is said and asked before. */
class MadeAgainTest {
  @TempDir java.nio.file.Path folder;
  private CopySite site;

  @BeforeEach
  void makeSite() {
    site = new CopySite(folder);
  }

  @Test
  void saysWhatChangedFromWhatToWhat() throws IOException {
    site.write("abc");
    site.run();
    site.write("abcd");
    site.revision = new Revision(2, "copies are longer");
    site.run("run.seed=2");
    assertThat(site.printed())
        .contains("again: revision: 1 → 2 (copies are longer)", "again: run.seed: 1 → 2")
        .contains("again: input source: other content in file:");
  }

  @Test
  void placesAndSafetyDoNotMakeItAgain() throws IOException {
    site.write("abc");
    site.run();
    site.run("run.confirm-above=5m", "run.work=elsewhere");
    assertThat(site.runs).isEqualTo(1);
  }

  @Test
  void explainsWithoutRunning() throws IOException {
    site.write("abc");
    SettingsSource other = SettingsSource.read(List.of(), List.of("run.seed=2"));
    Explanation explanation = new Explanation(other, site.workspace(), site.console());
    explanation.of(Set.of("copy"), List.of(site));
    site.run();
    explanation.of(Set.of("copy"), List.of(site));
    site.run("run.seed=2");
    explanation.of(Set.of("copy"), List.of(site));
    assertThat(site.printed())
        .contains("copy       would be made: never made here")
        .contains("copy       would be made again: run.seed: 1 → 2; 1 copy")
        .endsWith("copy       up to date\n");
    assertThat(site.runs).isEqualTo(2);
    site.write("abcd");
    site.refusal = Optional.of("Cannot go on");
    explanation.of(Set.of("copy"), List.of(site));
    assertThat(site.printed()).contains("copy       cannot be made: input source: other content");
  }

  @Test
  void asksBeforeMuchWorkIsThrownAway() throws IOException {
    site.write("abc");
    site.run();
    String[] much = {"run.seed=2", "run.confirm-above=0s"};
    assertThatThrownBy(() -> site.run(much))
        .isInstanceOf(SettingsException.class)
        .hasMessageContainingAll(
            "Making copy again throws away 1 copy, 0 min 0 s of work:",
            "  run.seed: 1 → 2",
            "Nothing was done (give --force to do it, or raise run.confirm-above)");
    List<String> questions = new ArrayList<>();
    UnaryOperator<String> no =
        question -> {
          questions.add(question);
          return "n";
        };
    assertThatThrownBy(() -> site.run(Consent.of(no), much)).hasMessage("Nothing was done");
    assertThat(questions.get(0)).endsWith("Go on? [y/N] ");
    assertThat(site.runs).isEqualTo(1);
    site.run(Consent.of(question -> " Yes"), much);
    assertThat(site.runs).isEqualTo(2);
    site.run(Consent.forced(), "run.seed=3", "run.confirm-above=0s");
    assertThat(site.runs).isEqualTo(3);
  }

  @Test
  void aManifestWithoutRevisionIsJudgedByItsOwnMeasure() throws IOException {
    site.write("abc");
    Manifest first = site.run();
    Manifest.Input source = first.inputs().get("source");
    String older =
        """
        {"stage": "copy", "version": "0.1.0", "fingerprint": "f",
         "settings": {"run": {"work": "x", "seed": 1}},
         "inputs": {"source": {"path": "%s", "digest": "%s"}},
         "outputs": {"copy": {"path": "%s", "rows": 1, "files": 1, "bytes": 3, "sha256": "s"}},
         "rejects": {}, "counts": {}, "seconds": 1.5}
        """
            .formatted(source.path(), source.digest(), first.output("copy").path());
    java.nio.file.Path manifest = folder.resolve("work/copy/manifest.json");
    Files.delete(manifest.resolveSibling(".manifest.json.crc"));
    Files.writeString(manifest, older);
    assertThat(site.run().hasNoRevision()).isTrue();
    assertThat(site.runs).isEqualTo(1);
    site.revision = new Revision(2, "copies are longer");
    site.run();
    assertThat(site.runs).isEqualTo(2);
    assertThat(site.printed()).contains("again: revision: 1 → 2 (copies are longer)");
  }

  @Test
  void aSettingThatThereWasNotYetHadItsDefault() throws IOException {
    site.write("abc");
    site.run();
    java.nio.file.Path manifest = folder.resolve("work/copy/manifest.json");
    String text = Files.readString(manifest);
    String older = text.replaceFirst("\"run\\.seed\"\\s*:\\s*1,?", "");
    assertThat(older).isNotEqualTo(text);
    Files.delete(manifest.resolveSibling(".manifest.json.crc"));
    Files.writeString(manifest, older);
    site.run();
    assertThat(site.runs).isEqualTo(1);
    site.run("run.seed=2");
    assertThat(site.runs).isEqualTo(2);
    assertThat(site.printed()).contains("again: run.seed: 1 → 2");
  }

  @Test
  void whatAnotherIsMakingIsNotMadeBeside() throws IOException {
    site.write("abc");
    try (StageLock other =
        StageLock.take(site.workspace().stage("copy").path(), new Configuration())) {
      other.requireHeld();
      assertThatThrownBy(() -> site.run())
          .isInstanceOf(StageHeldException.class)
          .hasMessageContaining("" + ProcessHandle.current().pid());
    }
    site.run();
    assertThat(site.runs).isEqualTo(1);
  }
}
