package io.kohaku.lokr.file;

import io.kohaku.lokr.LokrNetwork;
import java.io.IOException;
import java.nio.file.Path;

/** A trained file for tests. */
final class TrainedCase {
  static final TrainingFacts FACTS = new TrainingFacts(65, 13, 4, 0, 3);

  private TrainedCase() {}

  /** The network as training leaves it, opened. */
  static LokrFile write(Path folder, LokrNetwork network) throws IOException {
    Path file = folder.resolve("trained.safetensors");
    TrainedFile.write(file, network, FACTS);
    return LokrFile.open(file);
  }
}
