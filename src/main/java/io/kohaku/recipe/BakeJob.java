package io.kohaku.recipe;

import io.kohaku.engine.Revision;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.WeightFiles;
import io.kohaku.engine.Workspace;
import io.kohaku.engine.model.CheckpointCheck;
import io.kohaku.lokr.file.MergedAdapters;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.BakeSettings;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.settings.kind.Keys;
import io.kohaku.weights.bake.Bake;
import io.kohaku.weights.bake.BakePlan;
import io.kohaku.weights.bake.BakeReport;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** Adds adapters to a checkpoint for good. */
public final class BakeJob implements StageJob {
  /** The output with the baked checkpoint. */
  static final String CHECKPOINT = "checkpoint";

  @Override
  public String name() {
    return StageNames.BAKE;
  }

  @Override
  public String summary() {
    return "Bake adapters into a checkpoint that any program loads.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("bake");
  }

  @Override
  public Revision revision() {
    return new Revision(2, "strengths of trained lengths are linear");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    BakeSettings bake = settings.bake();
    WeightFiles.requireCheckpoint(
        workspace,
        baseKey(settings),
        base(settings),
        settings.model(),
        CheckpointCheck.Part.NETWORKS);
    ModelSettings model = settings.model();
    WeightFiles.requireAdapters(
        workspace,
        "bake.adapters",
        bake.adapters(),
        model.readFrom(base(settings), Optional.empty(), model.tokenizer()));
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put("base", workspace.content(base(settings)));
    List<BakeSettings.Adapter> adapters = settings.bake().adapters();
    inputs.putAll(WeightFiles.adapterInputs(workspace, adapters));
    if (adapters.isEmpty()) {
      inputs.put(StageNames.EXPORT, workspace.input(StageNames.EXPORT, ExportJob.LOKR));
    }
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    BakePlan plan = plan(workspace, context.settings());
    Path baked = new Path(context.data(), "baked.safetensors");
    BakeReport report;
    try (WritableByteChannel out = WeightFiles.create(workspace, baked)) {
      report = Bake.write(plan, out);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(e.getMessage());
    }
    return new StageResult()
        .output(CHECKPOINT, baked, report.changed() + report.kept())
        .count("layers", report.layers())
        .count("norms", report.norms())
        .count("changed", report.changed())
        .count("kept", report.kept());
  }

  /** What the settings bake into what. */
  static BakePlan plan(Workspace workspace, Settings settings) throws IOException {
    List<MergedAdapters.Source> adapters = new ArrayList<>();
    for (BakeSettings.Adapter adapter : settings.bake().adapters()) {
      adapters.add(
          new MergedAdapters.Source(
              WeightFiles.local(workspace, adapter.file()), adapter.multiplier()));
    }
    if (adapters.isEmpty()) {
      String exported = workspace.output(StageNames.EXPORT, ExportJob.LOKR).toString();
      adapters.add(new MergedAdapters.Source(WeightFiles.local(workspace, exported), 1));
    }
    return new BakePlan(
        WeightFiles.local(workspace, base(settings)),
        adapters,
        WeightFiles.dtype(settings.bake().precision()));
  }

  /** The setting that names the base. */
  static String baseKey(Settings settings) {
    return settings.bake().base().isPresent() ? "bake.base" : "model.checkpoint";
  }

  static String base(Settings settings) {
    return settings.bake().base().orElse(settings.model().checkpoint());
  }
}
