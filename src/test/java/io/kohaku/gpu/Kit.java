package io.kohaku.gpu;

import io.kohaku.tensor.script.Autograd;
import java.util.Arrays;

/** Runs one part of {@code bench/gpu}: its name, then {@code key=value} words. */
public final class Kit {
  private Kit() {}

  public static void main(String[] arguments) throws Exception {
    KitOptions options = KitOptions.of(Arrays.copyOfRange(arguments, 1, arguments.length));
    System.setProperty("kohaku.device", options.device().isGpu() ? "gpu" : "cpu");
    Autograd.enterThread();
    switch (arguments[0]) {
      case "parity" -> ParityPart.run(options);
      case "update" -> new UpdatePart(options).run();
      case "vae" -> new VaePart(options).run();
      case "mixing" -> new MixingPart(options).run();
      case "host" -> new HostPart(options).run();
      case "profile" -> new ProfilePart(options).run();
      case "training" -> new TrainingPart(options).run();
      default -> throw new IllegalArgumentException("Unknown part: " + arguments[0]);
    }
  }
}
