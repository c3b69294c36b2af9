package io.kohaku.cli;

import io.kohaku.device.DeviceWish;
import io.kohaku.engine.Consent;
import io.kohaku.engine.SparkSessions;
import io.kohaku.engine.StageJob;
import io.kohaku.engine.StageSequence;
import io.kohaku.provenance.Manifest;
import io.kohaku.recipe.Accounting;
import io.kohaku.recipe.MergeJob;
import io.kohaku.settings.MergeSettings;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The whole recipe in one Spark application, from the dump to verified weights and pictures.
 *
 * <p>Where {@code merge.checkpoints} names any, they are merged first and the result is the base
 * model of all that follows.
 */
@Command(sortOptions = false)
final class PipelineCommand implements Callable<Integer> {
  static final String NAME = "pipeline";
  private static final String BASE = "model.checkpoint=";

  private final MergeJob merge = new MergeJob();
  private final List<StageJob> stages;

  @Mixin private JobOptions options = new JobOptions();

  /** A command that runs these stages, after merging where that is wanted. */
  PipelineCommand(List<StageJob> stages) {
    this.stages = List.copyOf(stages);
  }

  @Override
  public Integer call() throws IOException {
    SettingsSource source = options.source();
    Settings settings = source.settings();
    DeviceWish.of(settings.cluster()).prepare();
    boolean merging = !settings.merge().checkpoints().isEmpty();
    if (options.why()) {
      explain(source, merging);
      return ExitCode.DONE.value();
    }
    check(source, settings, merging);
    if (options.check()) {
      return ExitCode.DONE.value();
    }
    Map<String, Manifest> manifests = new LinkedHashMap<>();
    Consent consent = options.consent();
    try (SparkSessions sessions = new SparkSessions(NAME)) {
      if (merging) {
        StageSequence first = new StageSequence(source);
        manifests.putAll(first.run(sessions, List.of(merge), consent));
        source = options.source(BASE + merged(first));
      }
      manifests.putAll(new StageSequence(source).run(sessions, stages, consent));
    }
    Accounting.of(manifests).forEach(System.out::println);
    return ExitCode.DONE.value();
  }

  private String merged(StageSequence sequence) throws IOException {
    URI output = sequence.output(merge.name(), MergeJob.CHECKPOINT).toUri();
    return "file".equals(output.getScheme()) ? output.getPath() : output.toString();
  }

  /** Where the base model has yet to be merged, what follows cannot be looked at. */
  private void explain(SettingsSource source, boolean merging) throws IOException {
    StageSequence first = new StageSequence(source);
    if (!merging) {
      first.explain(stages, Jobs.stages(), System.out);
      return;
    }
    first.explain(List.of(merge), Jobs.stages(), System.out);
    if (first.isPublished(merge)) {
      new StageSequence(options.source(BASE + merged(first)))
          .explain(stages, Jobs.stages(), System.out);
    }
  }

  /** Everything that is named and not made on the way is looked at before the first stage runs. */
  private void check(SettingsSource source, Settings settings, boolean merging) throws IOException {
    SettingsSource checked = source;
    if (merging) {
      new StageSequence(source).check(merge);
      List<MergeSettings.Checkpoint> checkpoints = settings.merge().checkpoints();
      checked = options.source(BASE + checkpoints.get(0).file());
    }
    StageSequence sequence = new StageSequence(checked);
    for (StageJob stage : stages) {
      sequence.check(stage);
    }
  }
}
