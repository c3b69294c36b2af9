package io.kohaku.job;

import io.kohaku.provenance.Manifest;
import io.kohaku.sdxl.ModelOptions;
import io.kohaku.settings.Precision;
import io.kohaku.settings.Settings;
import io.kohaku.weights.Verification;
import io.kohaku.weights.VerifyReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** Loads the exported adapter and the baked checkpoint again and compares what they predict. */
final class VerifyJob implements StageJob {
  @Override
  public String name() {
    return "verify";
  }

  @Override
  public String summary() {
    return "Reload exported and baked weights and compare keys, shapes, numbers and a forward pass.";
  }

  @Override
  public List<String> sections() {
    return List.of("model");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    workspace.requireSource("model.checkpoint", settings.model().checkpoint());
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put("base", workspace.source(settings.model().checkpoint()));
    inputs.put("export", workspace.input("export"));
    inputs.put("bake", workspace.input("bake"));
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    Settings settings = context.settings();
    VerifyReport report =
        Verification.of(
            WeightFiles.local(workspace, settings.model().checkpoint()),
            WeightFiles.local(workspace, workspace.output("export", ExportJob.LOKR).toString()),
            WeightFiles.local(workspace, workspace.output("bake", BakeJob.CHECKPOINT).toString()),
            ModelOptions.of(settings.model(), Precision.FP32));
    if (!report.problems().isEmpty()) {
      throw new DataGateException(
          "Cannot verify the exported weights: " + String.join("; ", report.problems()));
    }
    Path text = new Path(context.data(), "report.txt");
    try (OutputStream out = text.getFileSystem(workspace.hadoop()).create(text)) {
      out.write(String.join("\n", lines(report)).getBytes(StandardCharsets.UTF_8));
    }
    return new StageResult()
        .output("report", text, lines(report).size())
        .count("layers-unet", report.layers().unet())
        .count("layers-te1", report.layers().first())
        .count("layers-te2", report.layers().second())
        .count("tensors", report.tensors());
  }

  private static List<String> lines(VerifyReport report) {
    List<String> lines = new ArrayList<>();
    lines.add("layers of the U-Net            " + report.layers().unet());
    lines.add("layers of text encoder 1       " + report.layers().first());
    lines.add("layers of text encoder 2       " + report.layers().second());
    lines.add("tensors with finite numbers    " + report.tensors());
    lines.add(String.format(Locale.ROOT, "the adapter moves a prediction %.3g", report.effect()));
    lines.add(
        String.format(Locale.ROOT, "baked and attached differ by   %.3g", report.difference()));
    return lines;
  }
}
