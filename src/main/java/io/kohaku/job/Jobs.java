package io.kohaku.job;

import java.util.List;
import picocli.CommandLine;

/** Every job by its command name. */
public final class Jobs {
  private Jobs() {}

  /** Adds one subcommand for each job. */
  public static void addTo(CommandLine main) {
    for (StageJob stage : stages()) {
      add(main, stage.name(), stage.summary(), List.of(stage));
    }
  }

  /** The stages of the pipeline, in the order in which they read each other's outputs. */
  static List<StageJob> stages() {
    return List.of();
  }

  private static void add(CommandLine main, String name, String summary, List<StageJob> stages) {
    CommandLine command = new CommandLine(new JobCommand(name, stages));
    command.getCommandSpec().usageMessage().description(summary);
    main.addSubcommand(name, command);
  }
}
