package io.kohaku.engine;

import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.kind.Keys;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** One stage of the pipeline as something that can be run, skipped and run again alone. */
public interface StageJob {
  /** The command's name, which is the stage folder's name too. */
  String name();

  /** What it does, in one line, for {@code --help}. */
  String summary();

  /**
   * The settings that the result depends on; those of them that are marked {@link
   * io.kohaku.settings.kind.How} do not count.
   */
  Keys decidedBy();

  /** Which results it gives; another revision makes it run again. */
  default Revision revision() {
    return Revision.FIRST;
  }

  /**
   * Looks at what the user names and no stage makes, such as a dump or a folder of shards, before
   * anything is started.
   *
   * @throws io.kohaku.settings.binding.SettingsException if it is not there
   */
  default void checkSources(Settings settings, Workspace workspace) throws IOException {}

  /** What the stage reads, by name, with the digests that decide whether it must run again. */
  SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException;

  /** What would be thrown away if the stage was made as planned: by default all that it made. */
  default Loss loss(StagePlan plan, Settings settings, Workspace workspace) throws IOException {
    return plan.published().map(Loss::of).orElse(Loss.NONE);
  }

  /** What is begun anew if something that the stage reads comes out otherwise, if it is much. */
  default Loss hanging(StagePlan plan, Settings settings, Workspace workspace) throws IOException {
    return Loss.NONE;
  }

  /**
   * Looks whether what is published passes the gates of now, which may be stricter.
   *
   * @throws DataGateException if it does not
   */
  default void checkGate(Settings settings, Manifest published) {}

  /**
   * What is missing of what the stage keeps beside its outputs: a line that says so, upon which the
   * stage is made again.
   */
  default Optional<String> missing(Manifest published, Workspace workspace) throws IOException {
    return Optional.empty();
  }

  /** Why the stage cannot be made as planned, as its notes say too, if something forbids it. */
  default Optional<String> refusal(StagePlan plan, Settings settings, Workspace workspace)
      throws IOException {
    return Optional.empty();
  }

  /** More that a person should know before the stage is made as planned, a line each. */
  default List<String> notes(StagePlan plan, Settings settings, Workspace workspace)
      throws IOException {
    return List.of();
  }

  /** Does the work and writes below {@link StageContext#data}. */
  StageResult run(StageContext context) throws IOException;
}
