package io.kohaku.engine;

import io.kohaku.metrics.StageGauges;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageFolder;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What a running stage is given. */
public final class StageContext {
  private final SettingsSource source;
  private final Settings settings;
  private final Workspace workspace;
  private final Path data;
  private final String fingerprint;
  private final Supplier<SparkSession> session;
  private final StageGauges gauges;

  StageContext(
      SettingsSource source,
      Workspace workspace,
      Path data,
      String fingerprint,
      Supplier<SparkSession> session,
      StageGauges gauges) {
    this.source = source;
    this.settings = source.settings();
    this.workspace = workspace;
    this.data = data;
    this.fingerprint = fingerprint;
    this.session = session;
    this.gauges = gauges;
  }

  /** All settings. */
  public Settings settings() {
    return settings;
  }

  /**
   * All settings, those that decided a published stage's result as it ran; where the model lies is
   * told by the settings of now.
   */
  public Settings settings(Manifest published) {
    Map<String, String> sections = new TreeMap<>();
    published
        .settings()
        .fields()
        .forEachRemaining(e -> sections.put(e.getKey(), e.getValue().toString()));
    sections.remove("model");
    try {
      return source.with(sections).settings();
    } catch (SettingsException e) {
      throw new SettingsException(
          "Cannot take up what %s ran with: %s (an older version ran it; redo %s)"
              .formatted(published.stage(), e.getMessage(), published.stage()));
    }
  }

  /** The way to the outputs of other stages. */
  public Workspace workspace() {
    return workspace;
  }

  /** A new folder that is this run's own, invisible until the stage is published. */
  public Path data() {
    return data;
  }

  /** Digest of the stage's settings and inputs: what may be taken up again has the same. */
  public String fingerprint() {
    return fingerprint;
  }

  /** One output of a published stage, as a table. */
  public Dataset<Row> table(String stage, String output) throws IOException {
    return spark().read().parquet(workspace.output(stage, output).toString());
  }

  /** What this stage published last, if that is still whole: a later run may take from it. */
  public Optional<Dataset<Row>> previous(String stage, String output) throws IOException {
    StageFolder folder = workspace.stage(stage);
    Optional<Manifest> published = folder.manifest();
    if (published.isEmpty() || folder.damage(published.get()).isPresent()) {
      return Optional.empty();
    }
    Path table = new Path(folder.path(), published.get().output(output).path());
    return Optional.of(spark().read().parquet(table.toString()));
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
