package io.kohaku.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.digest.Sha256;
import io.kohaku.files.local.FolderTree;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.train.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BranchedRunTest {
  @TempDir Path folder;
  private RunSite site;

  @BeforeEach
  void makeSite() {
    site = new RunSite(folder);
  }

  private RunStart branch(Path origin) throws IOException {
    SortedMap<String, Manifest.Input> inputs = RunSite.inputs();
    RunMakeup rest = site.start().run().makeup();
    inputs.put(RunLedger.BRANCH, new RunLedger(folder).branch(origin.toString(), rest));
    return site.start(inputs, "train.branch-from=" + origin);
  }

  private static void save(Path run, long update, String digests) throws IOException {
    Path checkpoint = new CheckpointStore(run, 1).at(update);
    Files.createDirectories(checkpoint);
    Files.writeString(checkpoint.resolve("progress.json"), digests);
    String digest = Sha256.of(checkpoint.resolve("progress.json"));
    Files.writeString(checkpoint.resolve("digests.json"), "{\"progress.json\":\"" + digest + "\"}");
  }

  @Test
  void aBranchNeedsItsOriginOnce(@TempDir Path elsewhere) throws IOException {
    save(elsewhere, 2, "two");
    Path copied = branch(elsewhere).begin().folder().resolve("origin/step-000000002");
    assertThat(copied.resolve("progress.json")).hasContent("two");

    save(elsewhere, 3, "trained on");
    TrainingRun run = branch(elsewhere).begin();
    assertThat(copied).as("killed before its first checkpoint").isDirectory();
    RunSite.reach(run, 3);
    FolderTree.remove(elsewhere);
    branch(elsewhere).beginAnew();
    assertThat(copied.resolve("progress.json")).hasContent("two");
    assertThat(run.update()).isEmpty();
    FolderTree.remove(run.folder().resolve("origin"));
    assertThatThrownBy(() -> branch(elsewhere).begin())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("there is no folder");
    save(elsewhere, 5, "another");
    assertThatThrownBy(() -> branch(elsewhere).begin())
        .hasMessageContaining("it stands at update 5 now, and this run began from another");
  }
}
