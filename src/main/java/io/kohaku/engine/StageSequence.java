package io.kohaku.engine;

import io.kohaku.engine.model.PredictionSettings;
import io.kohaku.files.NamedPath;
import io.kohaku.provenance.Change;
import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stages to be run one after another with the same settings. The first that fails ends the
 * sequence; a new start finds those before it up to date.
 */
public final class StageSequence {
  private static final Logger LOG = LoggerFactory.getLogger(StageSequence.class);

  private final SettingsSource source;
  private final Workspace workspace;

  /** For these settings, reaching file systems as the application's Spark does. */
  public StageSequence(SettingsSource source) {
    Settings settings = source.settings();
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(new SparkConf());
    this.source = PredictionSettings.settled(source, hadoop);
    this.workspace = new Workspace(NamedPath.of(settings.run().work()), hadoop);
  }

  /** Looks at what a stage reads that no other stage makes. */
  public void check(StageJob stage) throws IOException {
    requireWorkspace();
    stage.checkSources(source.settings(), workspace);
  }

  /**
   * The published manifests by stage, in this order. What is certain to throw work away is asked
   * about before the first of them runs.
   */
  public Map<String, Manifest> run(SparkSessions sessions, List<StageJob> stages, Consent consent)
      throws IOException {
    requireWorkspace();
    for (StageJob stage : stages) {
      askFirst(stage, consent);
    }
    Console console = new Console(System.out);
    StageRunner runner = new StageRunner(source, workspace, sessions, console, consent);
    Map<String, Manifest> manifests = new LinkedHashMap<>();
    for (StageJob stage : stages) {
      manifests.put(stage.name(), runner.run(stage));
    }
    return manifests;
  }

  private void requireWorkspace() throws IOException {
    workspace.requireFolder("run.work", workspace.root());
  }

  /** Inputs that other stages make may come out as they were, so they do not count yet. */
  private void askFirst(StageJob stage, Consent consent) throws IOException {
    if (!workspace.isPublished(stage.name())) {
      return;
    }
    StagePlan plan;
    try {
      plan = StagePlan.of(stage, source, workspace);
    } catch (SettingsException e) {
      LOG.debug("{} cannot be looked at before others have run: {}", stage.name(), e.getMessage());
      return;
    }
    if (plan.changes().stream().anyMatch(change -> change.cause() != Change.Cause.INPUT)) {
      consent.ask(plan, source.settings(), workspace);
    }
  }

  /**
   * Says of each stage whether it is up to date, else why it is not; runs none.
   *
   * @param all stages that there are, of which some may hang on these
   */
  public void explain(List<StageJob> stages, List<StageJob> all, PrintStream out)
      throws IOException {
    requireWorkspace();
    Set<String> told = stages.stream().map(StageJob::name).collect(Collectors.toSet());
    new Explanation(source, workspace, new Console(out)).of(told, all);
  }

  /** Whether a stage has been published. */
  public boolean isPublished(StageJob stage) throws IOException {
    return workspace.isPublished(stage.name());
  }

  /** Where one output of a published stage lies. */
  public Path output(String stage, String output) throws IOException {
    return workspace.output(stage, output);
  }
}
