package io.kohaku.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kohaku.digest.Sha256;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.Natives;
import io.kohaku.tensor.file.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What a run has left in its folder. */
record SavedRun(Path folder) {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final String OPTIMIZER = "optimizer.safetensors";

  Path checkpoint(long step) {
    return folder.resolve(String.format(Locale.ROOT, "step-%09d", step));
  }

  /** What a checkpoint says of itself. */
  static JsonNode progress(Path checkpoint) throws IOException {
    return JSON.readTree(checkpoint.resolve("progress.json").toFile());
  }

  /** Lets a checkpoint say something else, as if it had been written so. */
  static void rewrite(Path checkpoint, Consumer<ObjectNode> change) throws IOException {
    ObjectNode progress = (ObjectNode) progress(checkpoint);
    change.accept(progress);
    JSON.writeValue(checkpoint.resolve("progress.json").toFile(), progress);
    Map<String, String> digests = new TreeMap<>();
    Files.delete(checkpoint.resolve("digests.json"));
    try (Stream<Path> files = Files.list(checkpoint)) {
      for (Path file : files.toList()) {
        digests.put(file.getFileName().toString(), Sha256.of(file));
      }
    }
    JSON.writeValue(checkpoint.resolve("digests.json").toFile(), digests);
  }

  /** Changes the last byte of a file. */
  static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
  }

  /** Says that two checkpoints hold the same tensors to the last bit. */
  static void assertSameTensors(Path checkpoint, Path expected) {
    for (String file : List.of(TrainInputs.ADAPTER, TrainInputs.AVERAGE, OPTIMIZER)) {
      assertThat(checkpoint.resolve(file)).hasSameBinaryContentAs(expected.resolve(file));
    }
  }

  /** All numbers of a file by the tensor's name. */
  static Map<String, List<Float>> tensors(Path file) {
    Map<String, List<Float>> all = new LinkedHashMap<>();
    try (SafeTensors tensors = SafeTensors.open(file);
        NDManager manager = Natives.manager(Device.cpu())) {
      for (String name : tensors.tensors().keySet()) {
        float[] values = tensors.read(manager, name, Dtype.F32).toFloatArray();
        Float[] boxed = new Float[values.length];
        for (int i = 0; i < values.length; i++) {
          boxed[i] = values[i];
        }
        all.put(name, List.of(boxed));
      }
    }
    return all;
  }

  /** The lines of its metrics that hold this name, without what a clock measured. */
  List<String> metrics(String name) throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("logs/metrics.jsonl"))) {
      return lines
          .filter(line -> line.contains("\"" + name + "\""))
          .map(
              line ->
                  line.replaceAll(
                      "\"(time[^\"]*|memory[^\"]*|train/images_per_second)\":[^,}]*,?", ""))
          .toList();
    }
  }
}
