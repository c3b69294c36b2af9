package io.kohaku.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.files.FullDisk;
import io.kohaku.metrics.StageGauges;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.StageLock;
import io.kohaku.provenance.Version;
import io.kohaku.rows.TableDigest;
import io.kohaku.rows.TableFiles;
import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Runs stages: each is skipped if what it would make is published already. */
public final class StageRunner {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SettingsSource source;
  private final Workspace workspace;
  private final Supplier<SparkSession> session;
  private final Console console;
  private final Consent consent;

  /** A runner for one application; the session is asked for by the first stage that needs it. */
  public StageRunner(
      SettingsSource source,
      Workspace workspace,
      Supplier<SparkSession> session,
      Console console,
      Consent consent) {
    this.source = source;
    this.workspace = workspace;
    this.session = session;
    this.console = console;
    this.consent = consent;
  }

  /**
   * Runs one stage, or finds it up to date.
   *
   * @return the published manifest
   * @throws io.kohaku.provenance.StageHeldException if another application is running it
   */
  public Manifest run(StageJob job) throws IOException {
    try {
      return runOrSkip(job);
    } catch (Exception e) { // Also what Spark throws without saying so.
      if (FullDisk.isCauseOf(e)) {
        String scratch =
            new SparkConf().get("spark.local.dir", System.getProperty("java.io.tmpdir"));
        throw FullDisk.named(e, workspace.stage(job.name()).path().toString(), scratch);
      }
      throw e;
    }
  }

  private Manifest runOrSkip(StageJob job) throws IOException {
    job.checkSources(source.settings(), workspace);
    StagePlan seen = StagePlan.of(job, source, workspace);
    if (isEnough(seen)) {
      return upToDate(seen);
    }
    consent.ask(seen, source.settings(), workspace);
    try (StageLock lock = StageLock.take(seen.folder().path(), workspace.hadoop())) {
      // Another application may have made it while this one asked.
      StagePlan plan = StagePlan.of(job, source, workspace);
      if (isEnough(plan)) {
        return upToDate(plan);
      }
      console.started(plan, notes(plan));
      Manifest manifest = execute(plan, lock);
      console.finished(manifest, plan.folder());
      return manifest;
    }
  }

  /** What is made again by force begins anew. */
  private List<String> notes(StagePlan plan) throws IOException {
    return plan.isCurrent() ? List.of() : plan.job().notes(plan, source.settings(), workspace);
  }

  private boolean isEnough(StagePlan plan) {
    return !consent.isForced() && plan.isCurrent();
  }

  private Manifest upToDate(StagePlan plan) {
    Manifest published = plan.published().orElseThrow();
    plan.job().checkGate(source.settings(), published);
    console.upToDate(published, plan.folder());
    return published;
  }

  private Manifest execute(StagePlan plan, StageLock lock) throws IOException {
    long start = System.nanoTime();
    StageJob job = plan.job();
    String fingerprint = plan.fingerprint();
    StageLabels.log(job, fingerprint);
    Path data = plan.folder().newDataFolder();
    Supplier<SparkSession> named = () -> StageLabels.put(session.get(), job, fingerprint);
    try (StageGauges gauges = new StageGauges(job.name())) {
      StageContext context =
          new StageContext(
              new StageContext.Application(source, workspace, consent), plan, data, named, gauges);
      Manifest manifest = manifest(context, job.run(context), start);
      lock.requireHeld();
      plan.folder().publish(manifest);
      gauges.publish(manifest);
      return manifest;
    } catch (Throwable e) { // Also what Spark throws without saying so.
      discard(data, e);
      throw e;
    }
  }

  private static Manifest manifest(StageContext context, StageResult result, long start)
      throws IOException {
    StagePlan plan = context.plan();
    TreeMap<String, Manifest.Output> outputs = new TreeMap<>();
    for (var output : result.outputs().entrySet()) {
      outputs.put(output.getKey(), measure(context, output.getValue()));
    }
    return new Manifest(
        plan.job().name(),
        Version.value(),
        plan.job().revision().number(),
        plan.fingerprint(),
        JSON.valueToTree(plan.settings()),
        plan.inputs(),
        outputs,
        result.rejects(),
        result.counts(),
        result.earlierSeconds() + (System.nanoTime() - start) / 1e9);
  }

  private static Manifest.Output measure(StageContext context, StageResult.Written written)
      throws IOException {
    Manifest.Output output = context.plan().folder().measure(written.path(), written.rows());
    if (written.known() instanceof StageResult.Known.Digest digest) {
      return output.with(digest.value());
    } else if (written.known() instanceof StageResult.Known.Rows) {
      return output.with(TableDigest.of(TableFiles.read(context.spark(), written.path())));
    }
    return output;
  }

  private void discard(Path data, Throwable cause) {
    try {
      FileSystem files = data.getFileSystem(workspace.hadoop());
      files.delete(data, true);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
