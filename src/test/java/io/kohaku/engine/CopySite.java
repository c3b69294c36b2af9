package io.kohaku.engine;

import io.kohaku.provenance.Manifest;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.kind.Keys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A folder with a text, and a stage that copies it and counts its runs. */
final class CopySite implements StageJob {
  private final java.nio.file.Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  int runs;
  Exception failure;
  Revision revision = Revision.FIRST;
  Optional<String> refusal = Optional.empty();

  /** Throws anything, as Scala does. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> void fail(Exception failure) throws E {
    throw (E) failure;
  }

  CopySite(java.nio.file.Path folder) {
    this.folder = folder;
  }

  @Override
  public String name() {
    return "copy";
  }

  @Override
  public String summary() {
    return "Copy a file.";
  }

  @Override
  public Keys decidedBy() {
    return Keys.of("run");
  }

  @Override
  public Revision revision() {
    return revision;
  }

  @Override
  public Optional<String> refusal(StagePlan plan, Settings settings, Workspace workspace) {
    return refusal;
  }

  @Override
  public void checkSources(Settings settings, Workspace workspace) throws IOException {
    workspace.requireSource("copy.source", folder.resolve("source.txt").toUri().toString());
  }

  @Override
  public SortedMap<String, Manifest.Input> inputs(Settings settings, Workspace workspace)
      throws IOException {
    Manifest.Input source = workspace.pattern(folder.resolve("source.txt").toUri().toString());
    return new TreeMap<>(Map.of("source", source));
  }

  @Override
  public StageResult run(StageContext context) throws IOException {
    runs++;
    Path copy = new Path(context.data(), "copy.txt");
    Files.copy(folder.resolve("source.txt"), java.nio.file.Path.of(copy.toUri().getPath()));
    if (failure != null) {
      CopySite.<RuntimeException>fail(failure);
    }
    return new StageResult().output("copy", copy, 1).count("read", 3).rejects(Map.of("bad", 2L));
  }

  Workspace workspace() {
    return new Workspace(new Path(folder.resolve("work").toUri()), new Configuration());
  }

  Manifest run(Consent consent, String... overrides) throws IOException {
    return new StageRunner(
            SettingsSource.read(List.of(), List.of(overrides)),
            workspace(),
            () -> {
              throw new IllegalStateException("no stage here asks for Spark");
            },
            console(),
            consent)
        .run(this);
  }

  Manifest run(String... overrides) throws IOException {
    return run(Consent.asked(), overrides);
  }

  Console console() {
    return new Console(new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  void write(String content) throws IOException {
    Files.writeString(folder.resolve("source.txt"), content);
  }
}
