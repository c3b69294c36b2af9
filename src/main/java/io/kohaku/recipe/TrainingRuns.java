package io.kohaku.recipe;

import io.kohaku.engine.Loss;
import io.kohaku.engine.StagePlan;
import io.kohaku.engine.Workspace;
import io.kohaku.files.LocalCopy;
import io.kohaku.files.NamedPath;
import io.kohaku.image.Bucket;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageFolder;
import io.kohaku.settings.Settings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.settings.kind.Keys;
import io.kohaku.settings.kind.SettingsValues;
import io.kohaku.train.data.PreparationStage;
import io.kohaku.train.data.PreparedDataset;
import io.kohaku.train.plan.RunPlan;
import io.kohaku.train.run.RunLedger;
import io.kohaku.train.run.RunMakeup;
import io.kohaku.train.run.RunStart;
import io.kohaku.train.run.TrainingRun;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** Where the runs of training lie, and what there is of them. */
final class TrainingRuns {
  /** Settings that the history of a run is written of. */
  private static final Keys BEARING =
      Keys.of("run.seed", "model", "lokr", "captions.augmentation", "train", "cluster");

  private TrainingRuns() {}

  /** What starting the training as planned does with the runs that are there. */
  static RunStart start(StagePlan plan, Settings settings, Workspace workspace) throws IOException {
    RunLedger ledger = ledger(settings, workspace);
    RunMakeup makeup =
        new RunMakeup(plan.job().revision().number(), plan.settings(), plan.inputs());
    return new RunStart(
        ledger,
        ledger.run(makeup),
        settings.train(),
        RunPlan.of(sizes(workspace), settings.train(), settings.run().seed()),
        BEARING.of(SettingsValues.all(settings)),
        plan.published());
  }

  /** How many images each bucket has; none if what was prepared is not whole any more. */
  private static List<Integer> sizes(Workspace workspace) throws IOException {
    StageFolder folder = workspace.stage(StageNames.PREPARE);
    Manifest prepared = folder.requireManifest();
    if (folder.damage(prepared).isPresent()) {
      return List.of();
    }
    Path images = new Path(folder.path(), prepared.output(PrepareJob.IMAGES).path());
    return List.copyOf(buckets(workspace, images).values());
  }

  /** How many images of each bucket a preparation keeps for training, in bucket order. */
  static Map<Bucket, Integer> buckets(Workspace workspace, Path images) throws IOException {
    return PreparedDataset.sizes(workspace.hadoop(), new Path(images, PreparationStage.TRAINING));
  }

  /** A published training of an older version tells of its run in its manifest alone. */
  static Loss loss(Optional<TrainingRun> run, StagePlan plan) throws IOException {
    if (run.isPresent() && run.get().update().isPresent()) {
      return loss(run.get().update().getAsLong(), run.get().seconds());
    }
    return plan.published().isPresent()
        ? loss(
            plan.published().get().counts().get(RunStart.UPDATES), plan.published().get().seconds())
        : Loss.NONE;
  }

  private static Loss loss(long update, double seconds) {
    return new Loss("a run at update " + Loss.number(update), seconds);
  }

  /** The folder of a published run, with its last checkpoints. */
  static String checkpoints(Workspace workspace, Settings settings, Manifest published)
      throws IOException {
    RunLedger ledger = ledger(settings, workspace);
    return published.hasNoRevision()
        ? ledger.folder().resolve(published.fingerprint().substring(0, 12)).toString()
        : ledger
            .holding(ledger.run(RunMakeup.of(published)), published.counts().get(RunStart.UPDATES))
            .toString();
  }

  /** The runs that there are. */
  static RunLedger ledger(Settings settings, Workspace workspace) throws IOException {
    String folder = settings.train().checkpoint().folder();
    Path place =
        folder.isBlank()
            ? new Path(workspace.stage(StageNames.TRAIN).path(), "checkpoints")
            : NamedPath.of(folder);
    return new RunLedger(java.nio.file.Path.of(place.toUri().getPath()));
  }

  /** Checkpoints are read in place by all ranks, so they cannot lie in an object store. */
  static void checkFolder(Settings settings, Workspace workspace) throws IOException {
    String folder = settings.train().checkpoint().folder();
    Path place = folder.isBlank() ? workspace.root() : NamedPath.of(folder);
    workspace.requireFolder(folder.isBlank() ? "run.work" : "train.checkpoint.folder", place);
    if (LocalCopy.fileSystem(place, workspace.hadoop()) instanceof LocalFileSystem) {
      return;
    }
    String rule = "name a folder that every executor mounts at the same path";
    throw new SettingsException(
        folder.isBlank()
            ? "Missing setting: train.checkpoint.folder (run.work is %s; %s)".formatted(place, rule)
            : "Invalid train.checkpoint.folder: %s (%s)".formatted(folder, rule));
  }

  /** Looks for the checkpoint that a run would branch from. */
  static void checkOrigin(Settings settings, Workspace workspace) throws IOException {
    Optional<String> origin = settings.train().branchFrom();
    if (origin.isPresent()) {
      ledger(settings, workspace).requireOrigin(origin.get());
    }
  }
}
