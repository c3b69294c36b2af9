package io.kohaku.sdxl.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import io.kohaku.settings.TrainSettings.Prediction;
import io.kohaku.tensor.TensorInfo;
import io.kohaku.tensor.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictionMarksTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "v_pred, '', VELOCITY, false",
    "v_pred ztsnr, '', VELOCITY, true",
    "v_pred, epsilon, VELOCITY, false",
    "ztsnr, '', , false",
    "x, v, VELOCITY, false",
    "x, v_prediction, VELOCITY, false",
    "x, V-Prediction, VELOCITY, false",
    "x, epsilon, EPSILON, false",
    "x, '', , false"
  })
  void tensorsCountBeforeTexts(String tensors, String text, Prediction type, boolean zeroTerminal) {
    PredictionMarks marks =
        PredictionMarks.of(
            Path.of("f"), List.of(tensors.split(" ")), Map.of("modelspec.prediction_type", text));
    assertThat(marks.prediction()).isEqualTo(Optional.ofNullable(type));
    assertThat(marks.zeroTerminal()).isEqualTo(zeroTerminal);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prediction_type\": \"v_prediction\", \"rescale_betas_zero_snr\": true} | VELOCITY | true",
        "{\"prediction_type\": \"v_prediction\"} | VELOCITY | false",
        "{\"prediction_type\": \"epsilon\", \"rescale_betas_zero_snr\": true} | EPSILON | false",
        "{} | | false"
      })
  void aFolderSaysItByItsScheduler(String json, Prediction type, boolean zeroTerminal)
      throws IOException {
    scheduler(json);
    PredictionMarks marks = PredictionMarks.of(folder);
    assertThat(marks.prediction()).isEqualTo(Optional.ofNullable(type));
    assertThat(marks.zeroTerminal()).isEqualTo(zeroTerminal);
  }

  @Test
  void whatIsNotKnownIsRefused() throws IOException {
    scheduler("<html>");
    assertThatThrownBy(() -> PredictionMarks.of(folder))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("scheduler_config.json: it must be JSON");
    scheduler("[]");
    assertThatThrownBy(() -> PredictionMarks.of(folder))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("scheduler_config.json: it must be a JSON object");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"sample\" | sample",
        "\"flow_prediction\" | flow_prediction",
        "5 | 5",
        "[] | []",
        "null | null",
        "\"\" | ''"
      })
  void aSchedulersUnknownTypeIsRefused(String json, String told) throws IOException {
    scheduler("{\"prediction_type\": " + json + "}");
    assertThatThrownBy(() -> PredictionMarks.of(folder))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "%s says the prediction type %s (one of epsilon, v_prediction)"
                .formatted(folder.resolve("scheduler").resolve("scheduler_config.json"), told));
  }

  @Test
  void anUnknownTextOfAHeaderIsRefusedUnlessATensorCounts() {
    Map<String, String> flow = Map.of("modelspec.prediction_type", "flow");
    assertThatThrownBy(() -> PredictionMarks.of(Path.of("f"), List.of("x"), flow))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("f says the prediction type flow (one of epsilon, v_prediction)");
    assertThat(PredictionMarks.of(Path.of("f"), List.of("v_pred"), flow).isVelocity()).isTrue();
  }

  @Test
  void aVelocityIsNotTakenForNoise() {
    Path file = folder.resolve("v.safetensors");
    PredictionMarks marks = PredictionMarks.of(Path.of("f"), List.of("v_pred"), Map.of());
    assertThatThrownBy(() -> marks.require("sample.prediction", Prediction.EPSILON, file))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "Cannot use %s with sample.prediction = epsilon: it says velocity by the tensor v_pred (set it so)"
                .formatted(file));
    assertThatCode(
            () -> {
              marks.require("sample.prediction", Prediction.VELOCITY, file);
              PredictionMarks.of(Path.of("f"), List.of(), Map.of())
                  .require("sample.prediction", Prediction.EPSILON, file);
            })
        .doesNotThrowAnyException();
  }

  @Test
  void marksAreWrittenWhereTheyLack() {
    PredictionMarks both = PredictionMarks.of(Path.of("f"), List.of("v_pred", "ztsnr"), Map.of());
    assertThat(both.tensors(List.of("v_pred")))
        .extracting(TensorSource::name)
        .containsExactly("ztsnr");
    assertThat(TensorInfo.elements(both.tensors(List.of()).get(0).shape())).isZero();
    Map<String, String> header = new TreeMap<>(Map.of("modelspec.prediction_type", "epsilon"));
    both.tell(header);
    assertThat(header).containsEntry("modelspec.prediction_type", "v");
    PredictionMarks noise =
        PredictionMarks.of(Path.of("f"), List.of(), Map.of("modelspec.prediction_type", "epsilon"));
    assertThat(noise.tensors(List.of())).isEmpty();
    assertThat(noise.with(both)).isEqualTo(both);
    assertThat(both.with(noise)).isEqualTo(both);
  }

  private void scheduler(String json) throws IOException {
    Path place = Files.createDirectories(folder.resolve("scheduler"));
    Files.writeString(place.resolve("scheduler_config.json"), json);
  }
}
