package io.kohaku.sdxl.checkpoint;

import io.kohaku.input.UnusableFileException;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.Dtype;
import io.kohaku.tensor.TensorSource;
import io.kohaku.tensor.file.SafeTensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint or adapter says that its U-Net predicts: by the empty tensors {@code v_pred}
 * and {@code ztsnr}, by {@code modelspec.prediction_type} in its header, or by the configuration of
 * the scheduler of a folder in Diffusers' layout. Tensors count before texts.
 *
 * @param prediction what it predicts, if it says so
 * @param zeroTerminal whether the last timestep is noise alone; of a predicted velocity only
 * @param source what says so
 */
public record PredictionMarks(
    Optional<Prediction> prediction, boolean zeroTerminal, String source) {
  private static final String VELOCITY = "v_pred";
  private static final String ZERO_TERMINAL = "ztsnr";
  private static final String TEXT = "modelspec.prediction_type";

  /** Of files that say nothing. */
  private static final PredictionMarks NONE =
      new PredictionMarks(Optional.empty(), false, "nothing");

  /** What the checkpoint at {@code path} says. */
  public static PredictionMarks of(Path path) {
    if (Files.isDirectory(path)) {
      return ofFolder(path);
    }
    CheckpointFormat.requireNotPickled(path);
    try (SafeTensors file = SafeTensors.open(path)) {
      return of(path, file.tensors().keySet(), file.metadata());
    }
  }

  /**
   * What {@code file} with these tensors and texts says.
   *
   * @throws UnusableFileException if it says something that is not known here
   */
  public static PredictionMarks of(
      Path file, Collection<String> tensors, Map<String, String> texts) {
    if (tensors.contains(VELOCITY)) {
      return new PredictionMarks(
          Optional.of(Prediction.VELOCITY),
          tensors.contains(ZERO_TERMINAL),
          tensors.contains(ZERO_TERMINAL)
              ? "the tensors " + VELOCITY + " and " + ZERO_TERMINAL
              : "the tensor " + VELOCITY);
    }
    String said = texts.getOrDefault(TEXT, "");
    boolean zeroTerminal = Boolean.parseBoolean(texts.get("ss_zero_terminal_snr"));
    return said.isBlank() ? NONE : marks(parsed(file, said), zeroTerminal, TEXT + " = " + said);
  }

  private static PredictionMarks ofFolder(Path folder) {
    Path scheduler = folder.resolve("scheduler").resolve("scheduler_config.json");
    if (!Files.isRegularFile(scheduler)) {
      return NONE;
    }
    PipelineTexts texts = PipelineTexts.of(scheduler);
    Optional<String> said = texts.shown("prediction_type");
    boolean zeroTerminal = texts.flag("rescale_betas_zero_snr").orElse(false);
    return said.map(
            type ->
                marks(
                    parsed(scheduler, type),
                    zeroTerminal,
                    "prediction_type = " + type + " of its scheduler"))
        .orElse(NONE);
  }

  private static PredictionMarks marks(Prediction type, boolean zeroTerminal, String source) {
    return new PredictionMarks(
        Optional.of(type), zeroTerminal && type == Prediction.VELOCITY, source);
  }

  private static Prediction parsed(Path file, String said) {
    return switch (said.strip().toLowerCase(Locale.ROOT)) {
      case "v", "v_prediction", "v-prediction", "velocity" -> Prediction.VELOCITY;
      case "epsilon", "eps" -> Prediction.EPSILON;
      default ->
          throw new UnusableFileException(
              "%s says the prediction type %s (one of epsilon, v_prediction)"
                  .formatted(file, said));
    };
  }

  /** Whether it says that the velocity is predicted. */
  public boolean isVelocity() {
    return prediction.equals(Optional.of(Prediction.VELOCITY));
  }

  /**
   * Refuses to take a network that predicts the velocity for one that predicts the noise.
   *
   * @param key the setting that says what is predicted
   * @param set what it says
   * @throws UnusableFileException if {@code file}, of which these marks are, says otherwise
   */
  public void require(String key, Prediction set, Path file) {
    if (isVelocity() && set != Prediction.VELOCITY) {
      throw new UnusableFileException(
          "Cannot use %s with %s = epsilon: it says velocity by %s (set it so)"
              .formatted(file, key, source));
    }
  }

  /** These marks, and those of an adapter that makes a network predict the velocity. */
  public PredictionMarks with(PredictionMarks adapter) {
    return isVelocity() || !adapter.isVelocity() ? this : adapter;
  }

  /** Whether a tensor of this name is a mark. */
  public static boolean isMark(String tensor) {
    return tensor.equals(VELOCITY) || tensor.equals(ZERO_TERMINAL);
  }

  /** The marks that a single file with tensors of these names needs besides. */
  public List<TensorSource> tensors(Collection<String> present) {
    List<TensorSource> marks = new ArrayList<>();
    if (isVelocity() && !present.contains(VELOCITY)) {
      marks.add(empty(VELOCITY));
    }
    if (zeroTerminal && !present.contains(ZERO_TERMINAL)) {
      marks.add(empty(ZERO_TERMINAL));
    }
    return marks;
  }

  /** Puts the text of a predicted velocity into a header; any other stays as it is. */
  public void tell(Map<String, String> header) {
    if (isVelocity()) {
      header.put(TEXT, "v");
    }
  }

  private static TensorSource empty(String name) {
    return TensorSource.of(name, Dtype.F32, new long[] {0}, new byte[0]);
  }
}
