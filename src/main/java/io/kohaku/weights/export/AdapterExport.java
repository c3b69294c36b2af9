package io.kohaku.weights.export;

import io.kohaku.lokr.file.LokrFile;
import io.kohaku.lokr.file.LokrFileWriter;
import io.kohaku.lokr.file.TrainingFacts;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.script.Autograd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Turns a trained adapter's file into the one that is published. */
public final class AdapterExport {
  private AdapterExport() {}

  /** What training told of its course. */
  public static TrainingFacts facts(Path trained) {
    try (LokrFile file = LokrFile.open(trained)) {
      return TrainingFacts.of(file);
    }
  }

  /** How many layers a LoKr file has. */
  public static int layers(Path exported) {
    try (LokrFile file = LokrFile.open(exported)) {
      return file.stored().size();
    }
  }

  /**
   * Writes the adapter of {@code trained}, rounded once to {@code dtype}.
   *
   * @param texts the header's entries, without the hashes of the file itself
   */
  public static void write(Path trained, Path exported, Dtype dtype, Map<String, String> texts)
      throws IOException {
    Autograd.enterThread();
    try (LokrFile file = LokrFile.open(trained)) {
      LokrFileWriter.write(exported, file, dtype, texts);
    }
  }
}
