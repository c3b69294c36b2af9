package io.kohaku.job;

import io.kohaku.settings.Settings;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** What a running stage is given. */
public final class StageContext {
  private final Settings settings;
  private final Workspace workspace;
  private final Path data;
  private final Supplier<SparkSession> session;

  StageContext(Settings settings, Workspace workspace, Path data, Supplier<SparkSession> session) {
    this.settings = settings;
    this.workspace = workspace;
    this.data = data;
    this.session = session;
  }

  /** All settings. */
  public Settings settings() {
    return settings;
  }

  /** The way to the outputs of other stages. */
  public Workspace workspace() {
    return workspace;
  }

  /** A new folder that is this run's own, invisible until the stage is published. */
  public Path data() {
    return data;
  }

  /** The Spark session, started by the first stage that asks. */
  public SparkSession spark() {
    return session.get();
  }
}
