package io.kohaku.weights;

import java.util.List;

/**
 * What a verification found.
 *
 * @param layers layers of the adapter, by where they load: U-Net, text encoder 1, text encoder 2
 * @param tensors tensors whose numbers were looked at
 * @param effect how far the adapter moves the predicted noise, relative to its largest number
 * @param difference how far baked and attached adapter are apart, the same way
 * @param problems what is wrong; empty if all is well
 */
public record VerifyReport(
    Layers layers, int tensors, double effect, double difference, List<String> problems) {

  /**
   * Layers of an adapter by network.
   *
   * @param unet of the U-Net
   * @param first of text encoder 1
   * @param second of text encoder 2
   */
  public record Layers(int unet, int first, int second) {}

  /** Copies the list. */
  public VerifyReport {
    problems = List.copyOf(problems);
  }
}
