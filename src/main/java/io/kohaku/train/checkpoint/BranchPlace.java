package io.kohaku.train.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a run looks for the checkpoint that it branches from.
 *
 * <p>The place is a checkpoint, a run's folder, or a folder that has the folder of one run below
 * it: itself, in {@code checkpoints} or in {@code train/checkpoints}, as a stage's and a work
 * folder have. Which update is meant may follow after {@code @}; else it is the newest. A place
 * whose own name ends in {@code @} and digits is written with a slash behind it.
 *
 * @param spec as it was written
 * @param place the folder
 * @param update updates done, if it says so
 */
record BranchPlace(String spec, Path place, OptionalLong update) {
  private static final Pattern WITH_UPDATE = Pattern.compile("(.+)@(\\d{1,18})");

  /** Folders that may hold those of runs. */
  private static final List<String> RUNS = List.of("", "checkpoints", "train/checkpoints");

  static BranchPlace parse(String spec) {
    Matcher matcher = WITH_UPDATE.matcher(spec);
    boolean told = matcher.matches();
    Path place = Path.of(told ? matcher.group(1) : spec).toAbsolutePath().normalize();
    return new BranchPlace(
        spec,
        place,
        told ? OptionalLong.of(Long.parseLong(matcher.group(2))) : OptionalLong.empty());
  }

  /** The good checkpoint that is meant. */
  Path find() throws IOException {
    if (Files.exists(place) && !Files.isDirectory(place)) {
      throw refused(
          "%s is a file (name the folder of a run, or of one checkpoint)".formatted(place));
    } else if (!Files.isDirectory(place)) {
      throw refused("there is no folder " + place);
    }
    if (isCheckpoint(place)) {
      return good(choose(List.of(place)), List.of(place));
    }
    List<Path> all = checkpoints(runFolder());
    return update.isPresent() ? good(choose(all), all) : newest(all);
  }

  /** The folder of the only run that there is. */
  private Path runFolder() throws IOException {
    if (!checkpoints(place).isEmpty()) {
      return place;
    }
    List<Path> runs = new ArrayList<>();
    for (String below : RUNS) {
      for (Path run : folders(place.resolve(below))) {
        if (!run.endsWith(BranchPoint.ORIGIN) && !checkpoints(run).isEmpty()) {
          runs.add(run);
        }
      }
    }
    if (runs.isEmpty()) {
      throw refused("%s has no checkpoint, nor has a run below it".formatted(place));
    }
    if (runs.size() > 1) {
      throw refused(
          "there are %s runs, name one of them: %s".formatted(runs.size(), list(runs.stream())));
    }
    return runs.get(0);
  }

  private Path choose(List<Path> all) {
    return all.stream()
        .filter(path -> update.isEmpty() || CheckpointStore.step(path) == update.getAsLong())
        .findFirst()
        .orElseThrow(
            () ->
                refused(
                    "no checkpoint of update %s: %s".formatted(update.getAsLong(), there(all))));
  }

  private Path good(Path checkpoint, List<Path> all) {
    Optional<String> damage = CheckpointDigests.damage(checkpoint);
    if (damage.isPresent()) {
      throw refused(
          "the checkpoint of update %s is damaged, %s: %s"
              .formatted(CheckpointStore.step(checkpoint), damage.get(), there(all)));
    }
    return checkpoint;
  }

  private Path newest(List<Path> all) throws IOException {
    return new CheckpointStore(all.get(0).getParent())
        .newest()
        .orElseThrow(() -> refused("all checkpoints are damaged: " + damages(all)));
  }

  /** What is wrong with each. */
  private static String damages(List<Path> all) {
    return all.stream()
        .map(
            path ->
                "%s (%s)"
                    .formatted(
                        CheckpointStore.step(path),
                        CheckpointDigests.damage(path).orElse("whole now")))
        .collect(Collectors.joining(", "));
  }

  private IllegalArgumentException refused(String why) {
    return new IllegalArgumentException("Cannot branch from %s: %s".formatted(spec, why));
  }

  /** The updates of checkpoints, good and damaged. */
  private static String there(List<Path> all) {
    return (all.size() == 1 ? "there is " : "there are ")
        + list(all.stream().map(CheckpointStore::step));
  }

  private static String list(Stream<?> values) {
    return values.map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static boolean isCheckpoint(Path folder) {
    return folder.getFileName() != null && CheckpointStore.isNamed(folder);
  }

  private static List<Path> checkpoints(Path folder) throws IOException {
    return new CheckpointStore(folder).published();
  }

  private static List<Path> folders(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(parent)) {
      return children.filter(Files::isDirectory).filter(Files::isReadable).sorted().toList();
    }
  }
}
