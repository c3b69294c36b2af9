package io.kohaku.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.cli.ExitCode;
import io.kohaku.cluster.ring.Rank;
import io.kohaku.device.DeviceWish;
import io.kohaku.settings.ClusterSettings;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

final class DeviceChoiceTest {
  @Test
  void withoutAcceleratorsTheCpuComputes() {
    assertThat(choice(0, OptionalInt.empty(), OptionalInt.empty()).gpu(DeviceWish.AUTO, () -> 0))
        .isEmpty();
  }

  @Test
  void theClustersAssignmentCounts() {
    assertThat(choice(0, OptionalInt.of(3), OptionalInt.empty()).gpu(DeviceWish.AUTO, () -> 4))
        .hasValue(3);
  }

  @Test
  void anAssignedAcceleratorThatLibtorchDoesNotSeeIsAnErrorRatherThanTheCpu() {
    assertRefuses(
        choice(1, OptionalInt.of(0), OptionalInt.empty()),
        DeviceWish.AUTO,
        0,
        "Missing device of rank 1 of 3: it was assigned GPU 0 and libtorch sees 0 GPUs (");
    assertRefuses(
        choice(1, OptionalInt.of(3), OptionalInt.empty()),
        DeviceWish.named("gpu"),
        2,
        "Missing device of rank 1 of 3: it was assigned GPU 3 and libtorch sees 2 GPUs (");
  }

  @Test
  void aGpuThatIsWishedForAndNotThereIsAnError() {
    assertRefuses(
        DeviceChoice.ofDriver(),
        DeviceWish.named("gpu"),
        0,
        "Missing device of the driver: cluster.device is gpu and libtorch sees none (");
    assertThat(DeviceChoice.ofDriver().gpu(DeviceWish.named("gpu"), () -> 2)).hasValue(0);
  }

  @Test
  void theCpuThatIsWishedForComputesWhateverElseThereIs() {
    IntSupplier unasked =
        () -> {
          throw new AssertionError("no need to count");
        };
    DeviceWish cpu = DeviceWish.named("cpu");
    assertThat(choice(0, OptionalInt.of(0), OptionalInt.empty()).gpu(cpu, unasked)).isEmpty();
    assertThat(DeviceChoice.ofDriver().gpu(cpu, unasked)).isEmpty();
  }

  @Test
  void aLibtorchThatIsNotOnTheMachineIsTheMachinesFault() {
    DeviceWish nowhere = new DeviceWish(ClusterSettings.Processor.AUTO, "/no/such/torch");
    assertThatThrownBy(() -> DeviceChoice.ofDriver().device(nowhere))
        .isInstanceOf(UnsuitableClusterException.class)
        .hasMessage(
            "Missing device of the driver: Invalid cluster.libtorch: /no/such/torch (no such folder on this machine)");
  }

  private static void assertRefuses(
      DeviceChoice choice, DeviceWish wish, int visible, String message) {
    assertThatThrownBy(() -> choice.gpu(wish, () -> visible))
        .isInstanceOf(UnsuitableClusterException.class)
        .hasMessageStartingWith(message)
        .matches(e -> ExitCode.of(e) == ExitCode.RESOURCES, "ends with code 4");
  }

  @Test
  void ranksOfOneProcessTakeTurns() {
    assertThat(choice(0, OptionalInt.empty(), OptionalInt.of(0)).gpu(DeviceWish.AUTO, () -> 2))
        .hasValue(0);
    assertThat(choice(1, OptionalInt.empty(), OptionalInt.of(1)).gpu(DeviceWish.AUTO, () -> 2))
        .hasValue(1);
    assertThat(choice(2, OptionalInt.empty(), OptionalInt.of(2)).gpu(DeviceWish.AUTO, () -> 2))
        .hasValue(0);
  }

  @Test
  void theDriverTakesTheFirstGpu() {
    assertThat(DeviceChoice.ofDriver().gpu(DeviceWish.AUTO, () -> 0)).isEmpty();
    assertThat(DeviceChoice.ofDriver().gpu(DeviceWish.AUTO, () -> 2)).hasValue(0);
  }

  @Test
  void severalVisibleAndNoneAssignedIsAnError() {
    assertThat(choice(1, OptionalInt.empty(), OptionalInt.empty()).gpu(DeviceWish.AUTO, () -> 1))
        .hasValue(0);
    assertThatThrownBy(
            () -> choice(1, OptionalInt.empty(), OptionalInt.empty()).gpu(DeviceWish.AUTO, () -> 2))
        .hasMessageContaining("Missing device of rank 1 of 3: its executor sees 2 GPUs")
        .isInstanceOf(UnsuitableClusterException.class)
        .hasMessageContaining("spark.task.resource.gpu.amount");
  }

  @Test
  void ranksLieBelowTheirCount() {
    assertThatThrownBy(() -> new Rank(2, 2))
        .hasMessage("Invalid rank: 2 (must be from 0 to below the 2 ranks)");
    assertThat(new Rank(2, 3).next()).isZero();
    assertThat(new Rank(0, 3).previous()).isEqualTo(2);
  }

  private static DeviceChoice choice(int index, OptionalInt assigned, OptionalInt turn) {
    return new DeviceChoice(new Rank(index, 3).toString(), assigned, turn);
  }
}
