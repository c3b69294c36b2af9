package io.kohaku.train.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.digest.Sha256;
import io.kohaku.files.local.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The SHA-256 of each file of a checkpoint, as they were when it was written. */
final class CheckpointDigests {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The file in a checkpoint that holds them. */
  static final String FILE = "digests.json";

  private CheckpointDigests() {}

  /** Writes down what the files of a folder are like now. */
  static void write(Path folder, Set<String> files) throws IOException {
    TreeMap<String, String> digests = new TreeMap<>();
    for (String file : files) {
      digests.put(file, Sha256.of(folder.resolve(file)));
    }
    Files.write(folder.resolve(FILE), JSON.writeValueAsBytes(digests));
    WholeFile.force(folder.resolve(FILE));
  }

  /** Why a checkpoint is not what was written, if so. */
  static Optional<String> damage(Path checkpoint) {
    try {
      Map<?, ?> digests = JSON.readValue(checkpoint.resolve(FILE).toFile(), Map.class);
      for (Map.Entry<?, ?> digest : digests.entrySet()) {
        Path file = checkpoint.resolve((String) digest.getKey());
        if (!Sha256.of(file).equals(digest.getValue())) {
          return Optional.of(digest.getKey() + " is not what was written");
        }
      }
      return Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      return Optional.of(reason(e));
    }
  }

  /** One digest of all that a checkpoint holds, wherever it lies. */
  static String whole(Path checkpoint) throws IOException {
    return Sha256.of(checkpoint.resolve(FILE));
  }

  /** What a failed operation on files says to people. */
  static String reason(Exception e) {
    Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
    boolean named = cause instanceof FileSystemException file && file.getReason() == null;
    return named ? cause.toString() : cause.getMessage();
  }
}
