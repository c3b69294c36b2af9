package io.kohaku.cli;

import io.kohaku.device.DeviceWish;
import io.kohaku.engine.SparkSessions;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageSequence;
import io.kohaku.provenance.Manifest;
import io.kohaku.recipe.Accounting;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a list of stages in order as one command and one Spark application. */
@Command(sortOptions = false)
final class JobCommand implements Callable<Integer> {
  private final String name;
  private final List<StageJob> stages;

  @Mixin private JobOptions options = new JobOptions();

  /** A command of this name that runs these stages. */
  JobCommand(String name, List<StageJob> stages) {
    this.name = name;
    this.stages = List.copyOf(stages);
  }

  @Override
  public Integer call() throws IOException {
    SettingsSource source = options.source();
    DeviceWish.of(source.settings().cluster()).prepare();
    StageSequence sequence = new StageSequence(source);
    if (options.check()) {
      sequence.check(stages.get(0));
      return ExitCode.DONE.value();
    }
    if (options.why()) {
      sequence.explain(stages, Jobs.stages(), System.out);
      return ExitCode.DONE.value();
    }
    try (SparkSessions sessions = new SparkSessions(name)) {
      Map<String, Manifest> manifests = sequence.run(sessions, stages, options.consent());
      Accounting.of(manifests).forEach(System.out::println);
    }
    return ExitCode.DONE.value();
  }
}
