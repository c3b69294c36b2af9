package io.kohaku.weights.export;

import io.kohaku.lokr.file.LokrFile;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.ModelHashes;
import io.kohaku.tensor.file.SafeTensors;
import io.kohaku.tensor.file.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gives a trained adapter's file the name and the texts that it is published with. */
public final class AdapterExport {
  private static final String NAME = "ss_output_name";
  private static final String TITLE = "modelspec.title";

  private AdapterExport() {}

  /** How many layers a LoKr file has. */
  public static int layers(Path exported) {
    try (LokrFile file = LokrFile.open(exported)) {
      return file.stored().size();
    }
  }

  /**
   * Writes the tensors of {@code trained} byte for byte, and the hashes of the new header.
   *
   * @param name what the adapter is called; its title too, unless it was given one
   * @param texts entries of the header besides those that {@code trained} has, or instead of them
   */
  public static void write(Path trained, Path exported, String name, Map<String, String> texts)
      throws IOException {
    try (SafeTensors file = SafeTensors.open(trained)) {
      Map<String, String> all = new TreeMap<>(file.metadata());
      if (all.getOrDefault(NAME, "").equals(all.get(TITLE))) {
        all.put(TITLE, name);
      }
      all.put(NAME, name);
      all.putAll(texts);
      List<TensorSource> tensors =
          file.tensors().keySet().stream().map(tensor -> file.source(tensor, tensor)).toList();
      ModelHashes hashes = ModelHashes.ofTensors(all, tensors);
      all.put("sshs_model_hash", hashes.sha256());
      all.put("sshs_legacy_hash", hashes.legacy());
      SafeTensorsWriter.write(exported, all, tensors);
    }
  }
}
