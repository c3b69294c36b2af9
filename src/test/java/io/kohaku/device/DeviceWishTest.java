package io.kohaku.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.kohaku.cli.ExitCode;
import io.kohaku.settings.ClusterSettings;
import io.kohaku.settings.SettingsSource;
import io.kohaku.settings.binding.SettingsException;
import io.kohaku.tensor.Natives;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceWishTest {
  @TempDir private Path folder;

  private static DeviceWish wish(String... overrides) {
    return DeviceWish.of(SettingsSource.read(List.of(), List.of(overrides)).settings().cluster());
  }

  @Test
  void settingsAreWishes() {
    assertThat(wish()).isEqualTo(DeviceWish.AUTO).isEqualTo(DeviceWish.named("auto"));
    assertThat(wish("cluster.device=gpu", "cluster.libtorch=/opt/torch"))
        .isEqualTo(new DeviceWish(ClusterSettings.Processor.GPU, "/opt/torch"));
    assertThatThrownBy(() -> DeviceWish.named("tpu"))
        .hasMessage("Unknown device: tpu (one of auto, cpu, gpu)");
  }

  @Test
  void anotherVersionEndsWithTwo() throws IOException {
    Path torch = FakeTorch.wheel(folder, "2.11.0+cu130", "'13.0'");
    assertThatThrownBy(wish("cluster.libtorch=" + torch)::prepare)
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "Invalid cluster.libtorch: %s (it is PyTorch 2.11.0+cu130, and the jar's JNI library is built for 2.7.1: pip install torch==2.7.1)",
            torch)
        .matches(e -> ExitCode.of(e) == ExitCode.USAGE, "ends with code 2");
  }

  @Test
  void aProcessHasOneLibtorch() throws IOException {
    Path torch = FakeTorch.wheel(folder, "2.7.1+cpu", "None");
    Path loaded = Natives.folder();
    DeviceWish.AUTO.prepare();
    assertThatThrownBy(wish("cluster.libtorch=" + torch)::prepare)
        .hasMessage(
            "Cannot use libtorch of %s: this process has loaded that of %s",
            torch.resolve("lib"), loaded);
  }

  @Test
  void theLineTellsDeviceLibtorchAndNatives() {
    assertThat(Machine.line(Device.cpu(), DeviceWish.AUTO))
        .matches(
            "the CPU \\(.+, \\d+ threads, \\d+\\.\\d GiB\\); libtorch \\d+\\.\\d+\\.\\d+ \\(the jar's \\w+ natives\\), in .+");
  }

  @Test
  void gpusAreCountedWhereLibtorchHasCuda() {
    boolean cuda = DeviceWish.AUTO.natives().cuda().isPresent();
    assertThat(Gpus.count()).isBetween(0, cuda ? Integer.MAX_VALUE : 0);
  }
}
