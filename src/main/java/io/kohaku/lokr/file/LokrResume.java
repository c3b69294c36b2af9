package io.kohaku.lokr.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.LokrNetwork;
import io.kohaku.lokr.NormLayer;
import io.kohaku.lokr.ParameterKernels;
import io.kohaku.lokr.shape.LokrTensor;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.lokr.stored.LayerKind;
import io.kohaku.tensor.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes on from a file, ours or LyCORIS', with an adapter of the same layers and blocks. */
public final class LokrResume {
  private static final Logger LOG = LoggerFactory.getLogger(LokrResume.class);

  private LokrResume() {}

  /**
   * Takes the file's values in place. A trained scalar, which files have multiplied into the small
   * block, becomes 1; another scale than the adapter's goes into the small block as well.
   *
   * @throws UnusableFileException if layers, blocks or shapes are not the adapter's, or numbers are
   *     none
   */
  public static void load(LokrNetwork network, LokrFile file) {
    requireFit(network.modules(), file);
    loadNorms(network, file);
    for (LokrLayer layer : network.layers()) {
      StoredLayer stored = file.stored().get(layer.name());
      new LayerUpdate(file, layer, 1)
          .spoilt(network.parameters(layer).values().iterator().next().getManager())
          .ifPresent(LokrResume::refuse);
      double ratio = stored.shape(layer.shape().weight()).scale() / layer.shape().scale();
      for (ParameterSpec parameter : layer.shape().parameters()) {
        NDArray trained = network.parameters(layer).get(parameter.suffix());
        try (MemoryScope scope = MemoryScope.open(trained.getManager())) {
          NDArray values =
              stored.has(parameter.tensor())
                  ? file.tensor(scope.manager(), layer.tensor(parameter))
                  : scope.manager().ones(new Shape());
          ParameterKernels.shared().run("assign", trained, values);
        }
        if (parameter.tensor().takesFactor() && ratio != 1) {
          ParameterKernels.shared().run("scale_all", List.of(trained), ratio);
        }
      }
    }
  }

  /** Norms that the file does not have stay as they begin: unchanged. */
  private static void loadNorms(LokrNetwork network, LokrFile file) {
    int fresh = 0;
    for (NormLayer norm : AdaptedModule.norms(network.modules())) {
      for (ParameterSpec parameter : norm.parameters()) {
        StoredVector stored = file.vectors().get(norm.tensor(parameter));
        if (stored == null) {
          fresh++;
        } else {
          load(network.parameters(norm).get(parameter.suffix()), stored, file);
        }
      }
    }
    if (fresh > 0) {
      LOG.info("{} has none of {} vectors of norms: they begin at zero", file.file(), fresh);
    }
  }

  private static void load(NDArray trained, StoredVector stored, LokrFile file) {
    file.spoilt(trained.getManager(), stored.tensor().name()).ifPresent(LokrResume::refuse);
    try (MemoryScope scope = MemoryScope.open(trained.getManager())) {
      ParameterKernels.shared().run("assign", trained, file.tensor(scope.manager(), stored));
    }
  }

  /**
   * Looks at the names and shapes alone.
   *
   * @throws UnusableFileException if the file's layers and norms, blocks or shapes are not these
   */
  public static void requireFit(List<? extends AdaptedModule> modules, LokrFile file) {
    requireLokr(file);
    List<LokrLayer> layers = AdaptedModule.layers(modules);
    requireSameLayers(layers, file);
    requireSameVectors(AdaptedModule.norms(modules), file);
    for (LokrLayer layer : layers) {
      requireSameBlocks(layer, file);
    }
  }

  private static void refuse(String spoilt) {
    throw new UnusableFileException("Cannot resume the adapter: " + spoilt);
  }

  private static UnusableFileException unfit(LokrFile file, String why) {
    return new UnusableFileException(
        "Cannot resume the adapter from %s: %s".formatted(file.file(), why));
  }

  /** Other kinds of layers have no blocks to go on with. */
  private static void requireLokr(LokrFile file) {
    for (StoredLayer layer : file.stored().values()) {
      if (layer.kind() != LayerKind.LOKR) {
        throw unfit(
            file,
            "%s is a %s layer (training goes on from LoKr layers alone; bake the file and train on the result)"
                .formatted(layer.name(), layer.kind().title()));
      }
    }
  }

  /** What is added to other norms, or to biases of layers, would be lost. */
  private static void requireSameVectors(List<NormLayer> norms, LokrFile file) {
    Set<String> unexpected = new TreeSet<>(file.vectors().keySet());
    for (NormLayer norm : norms) {
      for (ParameterSpec parameter : norm.parameters()) {
        String name = norm.tensor(parameter);
        if (unexpected.remove(name)
            && file.vectors().get(name).tensor().elements() != norm.width()) {
          throw unfit(file, "%s must have %s numbers".formatted(name, norm.width()));
        }
      }
    }
    if (!unexpected.isEmpty()) {
      throw unfit(
          file,
          "it changes norms or biases that are not trained here, %s (lokr.train-norm trains a preset's norms; or bake the file and train on the result)"
              .formatted(few(unexpected)));
    }
  }

  private static void requireSameLayers(List<LokrLayer> layers, LokrFile file) {
    Set<String> missing = new TreeSet<>();
    layers.forEach(layer -> missing.add(layer.name()));
    Set<String> unexpected = new TreeSet<>(file.stored().keySet());
    unexpected.removeAll(missing);
    missing.removeAll(file.stored().keySet());
    if (!missing.isEmpty() || !unexpected.isEmpty()) {
      List<String> problems = new ArrayList<>();
      if (!missing.isEmpty()) {
        problems.add("lacks " + few(missing));
      }
      if (!unexpected.isEmpty()) {
        problems.add("has %s besides".formatted(few(unexpected)));
      }
      throw unfit(
          file,
          "it %s (lokr.preset must select the layers of lokr.resume)"
              .formatted(String.join(" and ", problems)));
    }
  }

  /** The first of many names. */
  static String few(Set<String> names) {
    String first = String.join(", ", names.stream().limit(3).toList());
    return names.size() > 3 ? "%s and %s more".formatted(first, names.size() - 3) : first;
  }

  private static void requireSameBlocks(LokrLayer layer, LokrFile file) {
    StoredLayer stored = file.stored().get(layer.name());
    Set<String> unexpected = new TreeSet<>(stored.tensors().keySet());
    for (ParameterSpec parameter : layer.shape().parameters()) {
      unexpected.remove(parameter.suffix());
      Shape shape = stored.tensors().get(parameter.suffix());
      if (!parameter.shape().equals(shape) && parameter.tensor() != LokrTensor.SCALAR) {
        throw unfit(
            file,
            "%s is %s in the file (the settings of lokr give it %s)"
                .formatted(
                    layer.tensor(parameter), shape == null ? "missing" : shape, parameter.shape()));
      }
    }
    if (!unexpected.isEmpty()) {
      throw unfit(
          file,
          "%s has %s in the file (the settings of lokr do not give it any)"
              .formatted(layer.name(), unexpected));
    }
  }
}
