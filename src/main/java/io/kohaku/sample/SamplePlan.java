package io.kohaku.sample;

import io.kohaku.sample.prompt.ChunkJoin;
import io.kohaku.sample.prompt.Emphasis;
import io.kohaku.settings.SampleSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The pictures that settings ask for, prompt by prompt. */
public final class SamplePlan {
  private SamplePlan() {}

  public static List<PictureRequest> of(SampleSettings settings) {
    SamplingOptions options =
        new SamplingOptions(
            Arrays.stream(Sampler.values())
                .filter(sampler -> sampler.label().equals(settings.sampler()))
                .findFirst()
                .orElseThrow(),
            SigmaSchedule.valueOf(constant(settings.schedule())),
            settings.steps(),
            settings.guidance(),
            Emphasis.valueOf(constant(settings.emphasis())),
            ChunkJoin.valueOf(constant(settings.chunks())));
    List<PictureRequest> pictures = new ArrayList<>();
    for (String prompt : settings.prompts()) {
      for (int i = 0; i < settings.pictures(); i++) {
        pictures.add(
            new PictureRequest(
                prompt,
                settings.negative(),
                settings.width(),
                settings.height(),
                settings.seed() + i,
                options));
      }
    }
    return pictures;
  }

  private static String constant(String name) {
    return name.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
