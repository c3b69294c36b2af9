package io.kohaku.weights.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.lokr.file.TrainingFacts;
import io.kohaku.settings.Settings;
import io.kohaku.settings.SettingsSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OptimizationTextsTest {
  @Test
  void tellsWhatTheAdapterWasTrainedIn() {
    assertThat(texts("train.compute=fp16"))
        .containsEntry("ss_mixed_precision", "fp16")
        .containsEntry("ss_full_fp16", "False");
    assertThat(texts("train.compute=fp16", "train.adapter-precision=fp16"))
        .containsEntry("ss_full_fp16", "True");
    assertThat(texts("train.compute=fp32")).containsEntry("ss_mixed_precision", "no");
  }

  private static Map<String, String> texts(String... settings) {
    KohyaTexts texts = new KohyaTexts();
    Settings read = SettingsSource.read(List.of(), List.of(settings)).settings();
    OptimizationTexts.put(texts, read, new TrainingFacts(65, 13, 4, 0, 3));
    return texts.all();
  }
}
