package io.kohaku.device;

import ai.djl.util.Utils;
import io.kohaku.settings.ClusterSettings;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.tensor.Natives;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to compute, and by which libtorch, as the settings say it; it travels to the executors.
 *
 * @param processor which kind of device
 * @param libtorch folder of an installed PyTorch; empty for the jar's natives
 */
public record DeviceWish(ClusterSettings.Processor processor, String libtorch)
    implements Serializable {
  /** A GPU where there is one, by the jar's natives. */
  public static final DeviceWish AUTO = new DeviceWish(ClusterSettings.Processor.AUTO, "");

  private static final String KEY = "cluster.libtorch";
  private static final String FOLDER = "PYTORCH_LIBRARY_PATH";
  private static final String VERSION = "PYTORCH_VERSION";
  private static final String FLAVOR = "PYTORCH_FLAVOR";

  /** What {@code cluster.device} and {@code cluster.libtorch} say. */
  public static DeviceWish of(ClusterSettings settings) {
    return new DeviceWish(settings.device(), settings.libtorch().orElse(""));
  }

  /** One of {@code auto}, {@code cpu} and {@code gpu}, by the jar's natives. */
  public static DeviceWish named(String name) {
    for (ClusterSettings.Processor processor : ClusterSettings.Processor.values()) {
      if (processor.name().equalsIgnoreCase(name)) {
        return new DeviceWish(processor, "");
      }
    }
    throw new IllegalArgumentException(
        "Unknown device: %s (one of auto, cpu, gpu)".formatted(name));
  }

  /**
   * Has this process load the libtorch that is wished for; nothing is loaded yet.
   *
   * @throws SettingsException if it cannot be used on this machine
   */
  public void prepare() {
    installed()
        .ifPresent(
            torch ->
                Natives.use(
                    torch.folder(), torch.version(), torch.flavor(CudaDriver.find().isPresent())));
  }

  /** The libtorch that this process would load, or has loaded. */
  Libtorch natives() {
    Optional<InstalledTorch> torch = installed();
    if (torch.isPresent()) {
      return Libtorch.of(torch.get(), torch.get().flavor(CudaDriver.find().isPresent()));
    }
    return Utils.getEnvOrSystemProperty(FOLDER) == null
        ? Libtorch.ofJar()
        : Libtorch.ofEnvironment(
            Utils.getEnvOrSystemProperty(VERSION, InstalledTorch.wantedVersion()),
            Utils.getEnvOrSystemProperty(FLAVOR, "default"));
  }

  private Optional<InstalledTorch> installed() {
    if (libtorch.isEmpty()) {
      return Optional.empty();
    }
    for (String variable : List.of(FOLDER, VERSION, FLAVOR)) {
      if (System.getenv(variable) != null) {
        throw invalid("the environment's %s stands above it: unset it".formatted(variable));
      }
    }
    try {
      return Optional.of(InstalledTorch.at(Path.of(libtorch)));
    } catch (IllegalArgumentException e) {
      throw invalid(e.getMessage());
    }
  }

  private SettingsException invalid(String rule) {
    return new SettingsException("Invalid %s: %s (%s)".formatted(KEY, libtorch, rule));
  }
}
