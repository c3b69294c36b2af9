package io.kohaku.train.run;

import io.kohaku.provenance.Manifest;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.train.checkpoint.BranchPoint;
import io.kohaku.train.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All runs that are kept in one place.
 *
 * @param folder with a folder for each of them
 */
public record RunLedger(Path folder) {
  /** Name of the input that a run branches from. */
  public static final String BRANCH = "branch";

  private static final String ASIDE = ".before-";
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** The run of this make-up, begun or not. */
  public TrainingRun run(RunMakeup makeup) {
    return new TrainingRun(folder.resolve(makeup.id()), makeup);
  }

  /**
   * A folder for the claim of the process that trains the run; it stays when the run is set aside.
   */
  public Path claim(TrainingRun run) {
    return folder.resolve(".claim-" + run.makeup().id());
  }

  /** The folder that has a run's checkpoint of this update: the run's, else one set aside. */
  public Path holding(TrainingRun run, long update) throws IOException {
    String aside = run.folder().getFileName() + ASIDE;
    return Stream.concat(
            Stream.of(run.folder()),
            children().stream().filter(child -> child.getFileName().toString().startsWith(aside)))
        .filter(folder -> new CheckpointStore(folder).has(update))
        .findFirst()
        .orElse(run.folder());
  }

  /** The run, other than this one, that was begun last. */
  public Optional<TrainingRun> latestBut(TrainingRun one) throws IOException {
    return all().stream()
        .filter(run -> !run.folder().equals(one.folder()))
        .max(Comparator.comparing(RunLedger::begun));
  }

  /**
   * What a run branches from, as an input. A run that has branched needs it no more: there it may
   * be gone or trained on.
   *
   * @param rest all else that the run is made of
   */
  public Manifest.Input branch(String place, RunMakeup rest) throws IOException {
    for (TrainingRun run : all()) {
      SortedMap<String, Manifest.Input> inputs = new TreeMap<>(run.makeup().inputs());
      Manifest.Input known = inputs.remove(BRANCH);
      RunMakeup made = new RunMakeup(run.makeup().revision(), run.makeup().settings(), inputs);
      if (known != null && known.path().equals(place) && made.id().equals(rest.id())) {
        return known;
      }
    }
    return new Manifest.Input(place, branchPoint(place).digest());
  }

  /**
   * Makes sure that there is a good checkpoint to branch from, unless a run has branched from there
   * already.
   *
   * @throws SettingsException if there is none
   */
  public void requireOrigin(String place) throws IOException {
    for (TrainingRun run : all()) {
      Manifest.Input known = run.makeup().inputs().get(BRANCH);
      if (known != null && known.path().equals(place)) {
        return;
      }
    }
    branchPoint(place);
  }

  static BranchPoint branchPoint(String place) throws IOException {
    if (place.isBlank() || place.matches("(?!file:)[A-Za-z][A-Za-z0-9+.-]+:/.*")) {
      throw new SettingsException(
          "Invalid train.branch-from: '%s' (name a folder that every executor mounts at the same path)"
              .formatted(place));
    }
    try {
      return BranchPoint.of(place.replaceFirst("^file:(//)?(?=/)", ""));
    } catch (IllegalArgumentException e) {
      throw new SettingsException("Invalid train.branch-from: " + e.getMessage());
    }
  }

  /** Gives the run's folder another name, so that the run can begin anew; where it lies then. */
  public Path setAside(TrainingRun run) throws IOException {
    String name = run.folder().getFileName() + ASIDE + STAMP.format(Instant.now());
    return Files.move(run.folder(), folder.resolve(name));
  }

  /** Folders with checkpoints of a version that did not yet say what a run is made of. */
  public List<Path> older() throws IOException {
    List<Path> older = new ArrayList<>();
    for (Path child : children()) {
      boolean said = Files.exists(child.resolve(TrainingRun.MAKEUP));
      if (!said && new CheckpointStore(child).last().isPresent()) {
        older.add(child);
      }
    }
    return older;
  }

  private List<TrainingRun> all() throws IOException {
    List<TrainingRun> runs = new ArrayList<>();
    for (Path child : children()) {
      if (Files.exists(child.resolve(TrainingRun.MAKEUP))) {
        runs.add(TrainingRun.read(child));
      }
    }
    return runs;
  }

  private List<Path> children() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    }
  }

  private static long begun(TrainingRun run) {
    return run.folder().resolve(TrainingRun.MAKEUP).toFile().lastModified();
  }
}
