package io.kohaku.sample.picture;

import io.kohaku.sample.PictureRequest;
import io.kohaku.sample.SamplingOptions;
import java.util.Locale;

/** A picture's parameters in the form that user interfaces write and read. */
final class PictureText {
  /** The keyword under which they look. */
  static final String KEYWORD = "parameters";

  private PictureText() {}

  /** The text of one picture. */
  static String of(PictureRequest request, PictureOrigin origin) {
    SamplingOptions options = request.options();
    StringBuilder text = new StringBuilder(request.prompt()).append('\n');
    if (!request.negative().isEmpty()) {
      text.append("Negative prompt: ").append(request.negative()).append('\n');
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "Steps: %d, Sampler: %s, Schedule type: %s, CFG scale: %s, Seed: %d, Size: %dx%d, ",
                options.steps(),
                options.sampler().label(),
                options.schedule().label(),
                number(options.guidance()),
                request.seed(),
                request.width(),
                request.height()))
        .append(origin.text(options.emphasis()))
        .toString();
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
