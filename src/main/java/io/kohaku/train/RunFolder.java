package io.kohaku.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a run keeps what must survive its process: beside the checkpoints, logs and pictures, which
 * so tell of the whole run however often it was broken off.
 */
public record RunFolder(Path folder) {
  /** Name of the folder with pictures drawn in the middle of the run. */
  public static final String PICTURES = "pictures";

  /** Name of the folder with metrics and events. */
  public static final String LOGS = "logs";

  /** Where metrics and events are kept. */
  public Path logs() {
    return folder.resolve(LOGS);
  }

  Path pictures() {
    return folder.resolve(PICTURES);
  }

  /** Copies logs and pictures to the output of the finished run. */
  void publish(Path output) throws IOException {
    for (Path kept : List.of(logs(), pictures())) {
      if (Files.exists(kept)) {
        copy(kept, output.resolve(kept.getFileName()));
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path source : tree.toList()) {
        Path target = to.resolve(from.relativize(source).toString());
        if (Files.isDirectory(source)) {
          Files.createDirectories(target);
        } else {
          Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
