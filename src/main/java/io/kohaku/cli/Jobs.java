package io.kohaku.cli;

import io.kohaku.engine.StageJob;
import io.kohaku.recipe.BakeJob;
import io.kohaku.recipe.CaptionJob;
import io.kohaku.recipe.DemoDataJob;
import io.kohaku.recipe.EncodeJob;
import io.kohaku.recipe.ExportJob;
import io.kohaku.recipe.ExportLatentsJob;
import io.kohaku.recipe.ExportVaeJob;
import io.kohaku.recipe.IndexJob;
import io.kohaku.recipe.MergeJob;
import io.kohaku.recipe.PrepareJob;
import io.kohaku.recipe.SampleJob;
import io.kohaku.recipe.SelectJob;
import io.kohaku.recipe.TrainJob;
import io.kohaku.recipe.VerifyJob;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Every job by its command name. */
public final class Jobs {
  private Jobs() {}

  /** Adds one subcommand for each job. */
  public static void addTo(CommandLine main) {
    StageJob data = new DemoDataJob();
    List<StageJob> pipeline = pipeline();
    List<StageJob> recipe = new ArrayList<>(pipeline);
    recipe.addAll(List.of(new BakeJob(), new SampleJob(), new VerifyJob()));
    List<StageJob> demo = new ArrayList<>(List.of(data));
    demo.addAll(recipe);
    add(main, "demo", "Generate a small made-up site and run every stage on it.", demo);
    add(
        main,
        PipelineCommand.NAME,
        "Run the whole recipe in order in one application, skipping what is up to date.",
        new PipelineCommand(recipe));
    add(main, data.name(), data.summary(), List.of(data));
    for (StageJob stage : pipeline) {
      add(main, stage.name(), stage.summary(), List.of(stage));
    }
    for (StageJob stage : others()) {
      add(main, stage.name(), stage.summary(), List.of(stage));
    }
    main.addSubcommand("inspect", new InspectCommand());
    main.addSubcommand("doctor", new DoctorCommand());
  }

  /** What is done with latents and weights beside the pipeline. */
  private static List<StageJob> others() {
    return List.of(
        new ExportLatentsJob(),
        new ExportVaeJob(),
        new MergeJob(),
        new BakeJob(),
        new SampleJob(),
        new VerifyJob());
  }

  /** The stages of the pipeline, in the order in which they read each other's outputs. */
  static List<StageJob> pipeline() {
    return List.of(
        new SelectJob(),
        new CaptionJob(),
        new IndexJob(),
        new EncodeJob(),
        new PrepareJob(),
        new TrainJob(),
        new ExportJob());
  }

  /** Every stage that there is, once. */
  static List<StageJob> stages() {
    List<StageJob> stages = new ArrayList<>(List.of(new DemoDataJob()));
    stages.addAll(pipeline());
    stages.addAll(others());
    return stages;
  }

  private static void add(CommandLine main, String name, String summary, List<StageJob> stages) {
    add(main, name, summary, new JobCommand(name, stages));
  }

  private static void add(CommandLine main, String name, String summary, Callable<Integer> job) {
    CommandLine command = new CommandLine(job);
    command.getCommandSpec().usageMessage().description(summary);
    main.addSubcommand(name, command);
  }
}
