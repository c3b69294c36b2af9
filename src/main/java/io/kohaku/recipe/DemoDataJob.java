package io.kohaku.recipe;

import io.kohaku.demo.DemoData;
import io.kohaku.demo.DemoSummary;
import io.kohaku.engine.Revision;
import io.kohaku.engine.StageContext;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageResult;
import io.kohaku.engine.Workspace;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageFolder;
import io.kohaku.settings.Settings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.settings.kind.Keys;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Generates the demo's posts, pictures, tokenizer and base model. They lie at a fixed place, so
 * that settings can name them; the manifest is withdrawn while they are being written.
 */
public final class DemoDataJob implements StageJob {
  /** The fixed folder below the stage's own. */
  private static final String FILES = "files";

  @Override
  public String name() {
    return StageNames.DEMO_DATA;
  }

  @Override
  public String summary() {
    return "Generate a small made-up site: posts, pictures in tar shards, tokenizer, tiny SDXL.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("demo");
  }

  @Override
  public Revision revision() {
    return new Revision(2, "the made-up posts are others");
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    if (!(files(workspace) instanceof LocalFileSystem)) {
      throw new SettingsException(
          "Invalid run.work: " + workspace.root() + " (the demo needs a folder of this machine)");
    }
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace) {
    return new TreeMap<>();
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    Workspace workspace = context.workspace();
    StageFolder folder = workspace.stage(name());
    folder.withdraw();
    Path files = new Path(folder.path(), FILES);
    files(workspace).delete(files, true);
    DemoSummary summary =
        DemoData.generate(
            java.nio.file.Path.of(files.toUri().getPath()), context.settings().demo());
    return new StageResult()
        .output("posts", new Path(files, "posts"), summary.postCount())
        .output("shards", new Path(files, "shards"), summary.pictureCount())
        .output("tokenizer", new Path(files, "tokenizer"), 1)
        .output("base", new Path(files, "base.safetensors"), 1)
        .count("malformed", summary.malformedCount());
  }

  private static FileSystem files(Workspace workspace) throws IOException {
    return workspace.root().getFileSystem(workspace.hadoop());
  }
}
