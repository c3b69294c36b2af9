package io.kohaku.recipe;

import io.kohaku.engine.DataGateException;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.WeightFiles;
import io.kohaku.engine.Workspace;
import io.kohaku.provenance.Manifest;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import io.kohaku.settings.kind.Keys;
import io.kohaku.weights.verify.Verification;
import io.kohaku.weights.verify.VerifyReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the baked checkpoint again and compares what it predicts. */
public final class VerifyJob implements StageJob {
  private static final Logger LOG = LoggerFactory.getLogger(VerifyJob.class);

  @Override
  public String name() {
    return StageNames.VERIFY;
  }

  @Override
  public String summary() {
    return "Reload baked weights and compare keys, shapes, numbers and a forward pass.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("model", "bake");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    new BakeJob().checkSources(settings, workspace);
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs =
        new TreeMap<>(new BakeJob().inputs(settings, workspace));
    inputs.put(StageNames.BAKE, workspace.input(StageNames.BAKE, BakeJob.CHECKPOINT));
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    VerifyReport report =
        Verification.ofBake(
            BakeJob.plan(workspace, context.settings()),
            WeightFiles.local(
                workspace, workspace.output(StageNames.BAKE, BakeJob.CHECKPOINT).toString()),
            ModelOptions.of(context.settings().model(), Precision.FP32));
    StageResult result = new StageResult();
    publish(context, report, result);
    return result;
  }

  /**
   * Tells what was found, in the log, the stage's counts and a file.
   *
   * @throws DataGateException if something is wrong
   */
  static void publish(StageContext context, VerifyReport report, StageResult result)
      throws IOException {
    List<String> lines = report.lines();
    lines.forEach(LOG::info);
    if (!report.problems().isEmpty()) {
      throw new DataGateException(
          "Cannot verify the weights: " + String.join("; ", report.problems()));
    }
    Path text = new Path(context.data(), "report.txt");
    try (OutputStream out = text.getFileSystem(context.workspace().hadoop()).create(text)) {
      out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    result
        .output("report", text, lines.size())
        .count("layers-unet", report.layers().unet())
        .count("layers-te1", report.layers().first())
        .count("layers-te2", report.layers().second())
        .count("norms", report.norms())
        .count("tensors", report.tensors());
  }
}
