package io.kohaku.tensor.script;

import io.kohaku.tensor.TensorSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;

/**
 * Writes a TorchScript model that any program with libtorch runs: kernels, one class that calls
 * them, and its weights.
 *
 * <p>The archive is a stored zip: {@code data.pkl}, {@code data/0..n} (each tensor's bytes), {@code
 * code/__torch__.py}. Weights pass through one at a time; the same module gives the same bytes.
 */
public final class ModuleArchive {
  private static final String CLASS = "Model";

  private ModuleArchive() {}

  /**
   * What a model computes.
   *
   * @param kernels the functions that its methods may call, as {@code __torch__.<name>}
   * @param weights its attributes, each of type {@code Dict[str, Tensor]}
   * @param methods text of its methods, indented by two spaces; {@code self} is of type {@code
   *     __torch__.Model}
   */
  public record Module(
      List<KernelSource> kernels, SortedMap<String, List<TensorSource>> weights, String methods) {}

  /** Writes the archive of {@code module}; {@code out} is closed with it. */
  public static void write(OutputStream out, Module module) throws IOException {
    ModulePickle pickle = new ModulePickle(CLASS);
    int entries = 0;
    for (var attribute : module.weights().entrySet()) {
      pickle.dict(attribute.getKey(), attribute.getValue(), entries);
      entries += attribute.getValue().size();
    }
    try (StoredZip zip = new StoredZip(out, "model")) {
      zip.put("version", ScriptArchive.VERSION);
      zip.put("constants.pkl", ScriptArchive.NO_CONSTANTS);
      zip.put("data.pkl", pickle.finish());
      zip.put("code/__torch__.py", code(module).getBytes(StandardCharsets.UTF_8));
      int entry = 0;
      for (List<TensorSource> tensors : module.weights().values()) {
        for (TensorSource tensor : tensors) {
          zip.put("data/" + entry, tensor);
          entry++;
        }
      }
    }
  }

  private static String code(Module module) {
    StringBuilder code = new StringBuilder(ScriptArchive.functions(module.kernels()));
    code.append("class ").append(CLASS).append("(Module):\n");
    code.append("  __parameters__ = []\n  __buffers__ = []\n");
    module
        .weights()
        .keySet()
        .forEach(n -> code.append("  ").append(n).append(" : Dict[str, Tensor]\n"));
    return code.append(module.methods()).toString();
  }
}
