package io.kohaku.job;

import io.kohaku.lokr.LokrFile;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;

/** Publishes the adapter under the names that user interfaces know. */
final class ExportJob implements StageJob {
  /** The output with the adapter. */
  static final String LOKR = "lokr";

  @Override
  public String name() {
    return "export";
  }

  @Override
  public String summary() {
    return "Export the LoKr file that user interfaces load, read back and checked.";
  }

  @Override
  public List<String> sections() {
    return List.of();
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    TreeMap<String, Manifest.Input> inputs = new TreeMap<>();
    inputs.put("train", workspace.input("train"));
    return inputs;
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    Path adapter = workspace.output("train", TrainJob.ADAPTER);
    Path lokr = new Path(context.data(), adapter.getName());
    FileSystem from = adapter.getFileSystem(workspace.hadoop());
    FileSystem to = lokr.getFileSystem(workspace.hadoop());
    FileUtil.copy(from, adapter, to, lokr, false, workspace.hadoop());
    try (LokrFile file = LokrFile.open(java.nio.file.Path.of(lokr.toUri().getPath()))) {
      return new StageResult().output(LOKR, lokr, file.stored().size());
    }
  }
}
