package io.kohaku.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.metrics.StageGauges;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageFolder;
import io.kohaku.provenance.Version;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Runs stages: each is skipped if what it would make is published already. */
public final class StageRunner {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SettingsSource source;
  private final Settings settings;
  private final Workspace workspace;
  private final Supplier<SparkSession> session;
  private final Console console;

  /** A runner for one application; the session is asked for by the first stage that needs it. */
  public StageRunner(
      SettingsSource source, Workspace workspace, Supplier<SparkSession> session, Console console) {
    this.source = source;
    this.settings = source.settings();
    this.workspace = workspace;
    this.session = session;
    this.console = console;
  }

  /**
   * Runs one stage, or finds it up to date.
   *
   * @param force whether to run it even then
   * @return the published manifest
   */
  public Manifest run(StageJob job, boolean force) throws IOException {
    job.checkSources(settings, workspace);
    SortedMap<String, Manifest.Input> inputs = job.inputs(settings, workspace);
    JsonNode sections = sections(job);
    String fingerprint = Manifest.fingerprint(job.name(), sections, inputs);
    StageFolder folder = workspace.stage(job.name());
    Optional<Manifest> published = folder.manifest();
    if (!force && published.isPresent() && isCurrent(folder, published.get(), fingerprint)) {
      console.upToDate(job, published.get(), folder);
      return published.get();
    }
    console.started(job, source);
    Manifest manifest = execute(job, folder, inputs, sections, fingerprint);
    console.finished(manifest, folder);
    return manifest;
  }

  private boolean isCurrent(StageFolder folder, Manifest published, String fingerprint)
      throws IOException {
    if (!published.fingerprint().equals(fingerprint)) {
      return false;
    }
    Optional<String> damage = folder.damage(published);
    damage.ifPresent(console::warn);
    return damage.isEmpty();
  }

  private Manifest execute(
      StageJob job,
      StageFolder folder,
      SortedMap<String, Manifest.Input> inputs,
      JsonNode sections,
      String fingerprint)
      throws IOException {
    long start = System.nanoTime();
    StageLabels.log(job, fingerprint);
    Path data = folder.newDataFolder();
    Supplier<SparkSession> named = () -> StageLabels.put(session.get(), job, fingerprint);
    try (StageGauges gauges = new StageGauges(job.name())) {
      StageContext context = new StageContext(source, workspace, data, fingerprint, named, gauges);
      StageResult result = run(job, context);
      TreeMap<String, Manifest.Output> outputs = outputs(folder, result);
      double seconds = (System.nanoTime() - start) / 1e9;
      Manifest manifest =
          new Manifest(
              job.name(),
              Version.value(),
              fingerprint,
              sections,
              inputs,
              outputs,
              result.rejects(),
              result.counts(),
              seconds);
      folder.publish(manifest);
      gauges.publish(manifest);
      return manifest;
    }
  }

  private StageResult run(StageJob job, StageContext context) throws IOException {
    try {
      return job.run(context);
    } catch (IOException | RuntimeException | Error e) {
      discard(context.data(), e);
      throw e;
    }
  }

  private static TreeMap<String, Manifest.Output> outputs(StageFolder folder, StageResult result)
      throws IOException {
    TreeMap<String, Manifest.Output> outputs = new TreeMap<>();
    for (Map.Entry<String, StageResult.Written> output : result.outputs().entrySet()) {
      StageResult.Written written = output.getValue();
      outputs.put(output.getKey(), folder.measure(written.path(), written.rows()));
    }
    return outputs;
  }

  private void discard(Path data, Throwable cause) {
    try {
      FileSystem files = data.getFileSystem(workspace.hadoop());
      files.delete(data, true);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private JsonNode sections(StageJob job) throws IOException {
    ObjectNode sections = JSON.createObjectNode();
    for (String section : job.sections()) {
      sections.set(section, JSON.readTree(source.json(section)));
    }
    return sections;
  }
}
