package io.kohaku.job;

import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a list of stages in order as one command and one Spark application. */
@Command(sortOptions = false)
public final class JobCommand implements Callable<Integer> {
  private final String name;
  private final List<StageJob> stages;

  @Mixin private JobOptions options = new JobOptions();

  /** A command of this name that runs these stages. */
  public JobCommand(String name, List<StageJob> stages) {
    this.name = name;
    this.stages = List.copyOf(stages);
  }

  @Override
  public Integer call() throws IOException {
    SettingsSource source = options.source();
    Settings settings = source.settings();
    Workspace workspace = new Workspace(new Path(settings.run().work()), new Configuration());
    if (options.check()) {
      stages.get(0).checkSources(settings, workspace);
      return ExitCode.DONE.value();
    }
    try (SparkSessions sessions = new SparkSessions(name)) {
      StageRunner runner = new StageRunner(source, workspace, sessions, new Console(System.out));
      Map<String, Manifest> manifests = new LinkedHashMap<>();
      for (StageJob stage : stages) {
        manifests.put(stage.name(), runner.run(stage, options.force()));
      }
      Accounting.of(manifests).forEach(System.out::println);
    }
    return ExitCode.DONE.value();
  }
}
