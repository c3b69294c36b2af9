package io.kohaku.weights.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a verification found.
 *
 * @param layers layers of the adapters, by where they load: U-Net, text encoder 1, text encoder 2
 * @param norms norms that the adapters change
 * @param tensors tensors whose numbers were looked at
 * @param effect how far the adapters move the predicted noise, relative to its largest number
 * @param difference how far the predictions are apart that should be equal, the same way
 * @param allowed how far they may be
 * @param problems what is wrong; empty if all is well
 */
public record VerifyReport(
    Layers layers,
    int norms,
    int tensors,
    double effect,
    double difference,
    double allowed,
    List<String> problems) {

  /**
   * Layers of adapters by network.
   *
   * @param unet of the U-Net
   * @param first of text encoder 1
   * @param second of text encoder 2
   */
  public record Layers(int unet, int first, int second) {
    /** These and those. */
    Layers plus(Layers more) {
      return new Layers(unet + more.unet, first + more.first, second + more.second);
    }
  }

  /** Copies the list. */
  public VerifyReport {
    problems = List.copyOf(problems);
  }

  /** The report for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("layers that load into the U-Net          " + layers.unet());
    lines.add("layers that load into text encoder 1     " + layers.first());
    lines.add("layers that load into text encoder 2     " + layers.second());
    if (norms > 0) {
      lines.add("norms that are changed                   " + norms);
    }
    lines.add("tensors with finite numbers              " + tensors);
    lines.add(String.format(Locale.ROOT, "the adapter moves a prediction by        %.3g", effect));
    lines.add(
        String.format(Locale.ROOT, "equal predictions differ by              %.3g", difference));
    lines.add(String.format(Locale.ROOT, "they may differ by                       %.3g", allowed));
    problems.forEach(problem -> lines.add("WRONG: " + problem));
    return lines;
  }
}
