package io.kohaku.engine;

import io.kohaku.metrics.StageGauges;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageFolder;
import io.kohaku.rows.TableFiles;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What a running stage is given. */
public final class StageContext {
  private final Application application;
  private final StagePlan plan;
  private final Path data;
  private final Supplier<SparkSession> session;
  private final StageGauges gauges;

  /**
   * What all stages of an application are given.
   *
   * @param source the settings
   * @param workspace the way to the outputs of other stages
   * @param consent whether work may be thrown away
   */
  record Application(SettingsSource source, Workspace workspace, Consent consent) {}

  StageContext(
      Application application,
      StagePlan plan,
      Path data,
      Supplier<SparkSession> session,
      StageGauges gauges) {
    this.application = application;
    this.plan = plan;
    this.data = data;
    this.session = session;
    this.gauges = gauges;
  }

  /** Whether what is up to date is made again. */
  public boolean isForced() {
    return application.consent().isForced();
  }

  /** All settings. */
  public Settings settings() {
    return application.source().settings();
  }

  /**
   * All settings, those that decided published stages' results as they ran; where the model lies is
   * told by the settings of now.
   */
  public Settings settings(Manifest... published) {
    SortedMap<String, String> sections = new TreeMap<>();
    for (Manifest each : published) {
      sections.putAll(each.settingsAsJson());
    }
    sections.remove("model");
    try {
      return application.source().with(sections).settings();
    } catch (SettingsException e) {
      String stages =
          Arrays.stream(published).map(Manifest::stage).collect(Collectors.joining(" and "));
      throw new SettingsException(
          "Cannot take up what %s ran with: %s (an older version ran it; redo %s)"
              .formatted(stages, e.getMessage(), stages));
    }
  }

  /** The way to the outputs of other stages. */
  public Workspace workspace() {
    return application.workspace();
  }

  /** A new folder that is this run's own, invisible until the stage is published. */
  public Path data() {
    return data;
  }

  /** What the stage is made of: what may be taken up again is made of the same. */
  public StagePlan plan() {
    return plan;
  }

  /** One output of a published stage, as a table. */
  public Dataset<Row> table(String stage, String output) throws IOException {
    return TableFiles.read(spark(), workspace().output(stage, output));
  }

  /** What this stage published last, if that is still whole: a later run may take from it. */
  public Optional<Dataset<Row>> previous(String stage, String output) throws IOException {
    StageFolder folder = workspace().stage(stage);
    Optional<Manifest> published = folder.manifest();
    if (published.isEmpty() || folder.damage(published.get()).isPresent()) {
      return Optional.empty();
    }
    Path table = new Path(folder.path(), published.get().output(output).path());
    return Optional.of(TableFiles.read(spark(), table));
  }

  /** Where the metrics show how far the stage has come. */
  StageGauges gauges() {
    return gauges;
  }

  /** The Spark session, started by the first stage that asks. */
  public SparkSession spark() {
    return session.get();
  }
}
