package io.kohaku.recipe;

import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.WeightFiles;
import io.kohaku.engine.Workspace;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.MergeSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.settings.kind.Keys;
import io.kohaku.tensor.Dtype;
import io.kohaku.weights.merge.CheckpointMerge;
import io.kohaku.weights.merge.Embedding;
import io.kohaku.weights.merge.MergePlan;
import io.kohaku.weights.merge.MergeReport;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds up checkpoints, with an original's embeddings put back. */
public final class MergeJob implements StageJob {
  private static final Logger LOG = LoggerFactory.getLogger(MergeJob.class);

  /** The output with the merged checkpoint. */
  public static final String CHECKPOINT = "checkpoint";

  @Override
  public String name() {
    return StageNames.MERGE;
  }

  @Override
  public String summary() {
    return "Add up checkpoints by their shares, with an original's embeddings restored.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("merge");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    MergeSettings merge = settings.merge();
    if (merge.checkpoints().isEmpty()) {
      throw new SettingsException("Invalid merge.checkpoints: [] (name at least one checkpoint)");
    }
    for (int i = 0; i < merge.checkpoints().size(); i++) {
      workspace.requireSource(
          "merge.checkpoints[" + i + "].file", merge.checkpoints().get(i).file());
    }
    if (merge.original().isPresent()) {
      workspace.requireSource("merge.original", merge.original().get());
    }
    List<String> all = new ArrayList<>(merge.original().stream().toList());
    merge.checkpoints().forEach(checkpoint -> all.add(checkpoint.file()));
    if (WeightFiles.areHere(workspace, all)) {
      try {
        CheckpointMerge.check(plan(merge, workspace));
      } catch (IllegalArgumentException e) {
        throw new SettingsException(e.getMessage());
      }
    }
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    List<MergeSettings.Checkpoint> checkpoints = settings.merge().checkpoints();
    for (int i = 0; i < checkpoints.size(); i++) {
      inputs.put("checkpoint-" + i, workspace.content(checkpoints.get(i).file()));
    }
    if (settings.merge().original().isPresent()) {
      inputs.put("original", workspace.content(settings.merge().original().get()));
    }
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Path merged = new Path(context.data(), "merged.safetensors");
    MergePlan plan = plan(context.settings().merge(), context.workspace());
    MergeReport report;
    try (WritableByteChannel out = WeightFiles.create(context.workspace(), merged)) {
      report = CheckpointMerge.write(plan, out);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(e.getMessage());
    }
    report.differences().forEach(LOG::warn);
    return new StageResult()
        .output(CHECKPOINT, merged, report.summed() + report.restored() + report.copied())
        .count("summed", report.summed())
        .count("restored", report.restored())
        .count("copied", report.copied())
        .count("differences", report.differences().size());
  }

  private static MergePlan plan(MergeSettings settings, Workspace workspace) throws IOException {
    List<MergePlan.Checkpoint> checkpoints = new ArrayList<>();
    for (MergeSettings.Checkpoint checkpoint : settings.checkpoints()) {
      checkpoints.add(
          new MergePlan.Checkpoint(
              WeightFiles.local(workspace, checkpoint.file()),
              checkpoint.ratio(),
              checkpoint.restored()));
    }
    Optional<java.nio.file.Path> original = Optional.empty();
    if (settings.original().isPresent()) {
      original = Optional.of(WeightFiles.local(workspace, settings.original().get()));
    }
    return new MergePlan(
        checkpoints,
        original,
        embeddings(settings.restore()),
        settings.arithmetic() == MergeSettings.Arithmetic.FP64 ? Dtype.F64 : Dtype.F32,
        WeightFiles.dtype(settings.precision()),
        MergePlan.Differences.valueOf(settings.differences().name()));
  }

  private static Set<Embedding> embeddings(MergeSettings.Restore restore) {
    Set<Embedding> embeddings = EnumSet.noneOf(Embedding.class);
    if (restore.firstToken()) {
      embeddings.add(Embedding.FIRST_TOKEN);
    }
    if (restore.firstPosition()) {
      embeddings.add(Embedding.FIRST_POSITION);
    }
    if (restore.secondToken()) {
      embeddings.add(Embedding.SECOND_TOKEN);
    }
    if (restore.secondPosition()) {
      embeddings.add(Embedding.SECOND_POSITION);
    }
    return embeddings;
  }
}
