package io.kohaku.engine.model;

import io.kohaku.files.LocalCopy;
import io.kohaku.input.UnusableFileException;
import io.kohaku.sdxl.checkpoint.PredictionMarks;
import io.kohaku.sdxl.checkpoint.SdxlCheckpoint;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.settings.ModelSettings;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the headers of a model's files before anything is started: that their networks are
 * SDXL's. Files of another file system are looked at where they are loaded.
 */
public final class CheckpointCheck {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointCheck.class);
  private static final int TOLD_OF_A_KIND = 8;

  /** Checkpoints that were told of: each once in a JVM, however many stages look at it. */
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  /** What a stage takes of a checkpoint. */
  public enum Part {
    /** The U-Net and both text encoders. */
    NETWORKS,
    /** The autoencoder too. */
    AUTOENCODER
  }

  private CheckpointCheck() {}

  /**
   * Looks at the model.
   *
   * @throws UnusableFileException naming what is wrong with which file
   */
  public static void require(ModelSettings model, Part part, Configuration hadoop)
      throws IOException {
    Optional<String> vae = model.vae();
    if (!LocalCopy.isHere(model.checkpoint(), hadoop)
        || vae.isPresent() && !LocalCopy.isHere(vae.get(), hadoop)) {
      return;
    }
    Path file = LocalCopy.of(model.checkpoint(), hadoop);
    Optional<Path> other =
        vae.isPresent() ? Optional.of(LocalCopy.of(vae.get(), hadoop)) : Optional.empty();
    PredictionMarks.of(file);
    ModelOptions options = ModelOptions.of(model, Precision.FP32);
    try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(file, other, options)) {
      if (part == Part.AUTOENCODER && !checkpoint.layout().vaeSizes().isThere()) {
        throw new UnusableFileException(
            "Cannot load %s: it has no autoencoder (name a file that has by model.vae)"
                .formatted(other.orElse(file)));
      }
      List<String> aside = checkpoint.aside();
      if (!aside.isEmpty() && TOLD.add(file + " " + aside)) {
        LOG.info("Left aside in {}: {}", file, told(aside));
      }
    }
  }

  /** The networks of a model's checkpoint by its headers, where it lies on this machine. */
  static Optional<SdxlLayout> layoutHere(ModelSettings model, Configuration hadoop)
      throws IOException {
    if (!LocalCopy.isHere(model.checkpoint(), hadoop)) {
      return Optional.empty();
    }
    Path file = LocalCopy.of(model.checkpoint(), hadoop);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    ModelOptions options = ModelOptions.of(model, Precision.FP32);
    try (SdxlCheckpoint checkpoint = SdxlCheckpoint.open(file, Optional.empty(), options)) {
      return Optional.of(checkpoint.layout());
    }
  }

  /** Names one after another; many that begin alike as one. */
  static String told(List<String> names) {
    Map<String, List<String>> kinds =
        names.stream()
            .collect(
                Collectors.groupingBy(
                    name -> name.substring(0, name.indexOf('.') + 1),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return kinds.entrySet().stream()
        .map(
            kind ->
                kind.getValue().size() > TOLD_OF_A_KIND && !kind.getKey().isEmpty()
                    ? "%s* (%s tensors)".formatted(kind.getKey(), kind.getValue().size())
                    : String.join(", ", kind.getValue()))
        .collect(Collectors.joining(", "));
  }
}
