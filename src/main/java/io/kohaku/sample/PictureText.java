package io.kohaku.sample;

import java.util.Locale;

/** A picture's parameters in the form that user interfaces write and read. */
final class PictureText {
  /** The keyword under which they look. */
  static final String KEYWORD = "parameters";

  private PictureText() {}

  /**
   * The text of one picture.
   *
   * @param model name of the checkpoint
   * @param hash first ten digits of its SHA-256
   * @param program what drew it
   */
  static String of(PictureRequest request, String model, String hash, String program) {
    Drawing drawing = request.drawing();
    StringBuilder text = new StringBuilder(request.prompt()).append('\n');
    if (!request.negative().isEmpty()) {
      text.append("Negative prompt: ").append(request.negative()).append('\n');
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "Steps: %d, Sampler: %s, Schedule type: %s, CFG scale: %s, Seed: %d, Size: %dx%d, ",
                drawing.steps(),
                drawing.sampler().label(),
                drawing.schedule().label(),
                number(drawing.guidance()),
                request.seed(),
                request.width(),
                request.height()))
        .append(
            String.format(
                "Model hash: %s, Model: %s, Emphasis: %s, RNG: CPU, Version: %s",
                hash, model, drawing.emphasis().label(), program))
        .toString();
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
