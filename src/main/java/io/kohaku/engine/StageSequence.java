package io.kohaku.engine;

import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Stages to be run one after another with the same settings. The first that fails ends the
 * sequence; a new start finds those before it up to date.
 */
public final class StageSequence {
  private final SettingsSource source;
  private final Workspace workspace;

  /** For these settings, reaching file systems as the application's Spark does. */
  public StageSequence(SettingsSource source) {
    this.source = source;
    Settings settings = source.settings();
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(new SparkConf());
    this.workspace = new Workspace(new Path(settings.run().work()), hadoop);
  }

  /** Looks at what a stage reads that no other stage makes. */
  public void check(StageJob stage) throws IOException {
    stage.checkSources(source.settings(), workspace);
  }

  /** The published manifests by stage, in this order. */
  public Map<String, Manifest> run(SparkSessions sessions, List<StageJob> stages, boolean force)
      throws IOException {
    StageRunner runner = new StageRunner(source, workspace, sessions, new Console(System.out));
    Map<String, Manifest> manifests = new LinkedHashMap<>();
    for (StageJob stage : stages) {
      manifests.put(stage.name(), runner.run(stage, force));
    }
    return manifests;
  }

  /** Where one output of a published stage lies. */
  public Path output(String stage, String output) throws IOException {
    return workspace.output(stage, output);
  }
}
