package io.kohaku.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.cluster.ring.Rank;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class DeviceChoiceTest {
  @Test
  void withoutAcceleratorsTheCpuComputes() {
    assertThat(choice(0, OptionalInt.empty(), OptionalInt.empty()).gpu(0)).isEmpty();
  }

  @Test
  void theClustersAssignmentCounts() {
    assertThat(choice(0, OptionalInt.of(3), OptionalInt.empty()).gpu(4)).hasValue(3);
  }

  @Test
  void anAssignedAcceleratorThatIsNotThereIsAnErrorRatherThanTheCpu() {
    assertThatThrownBy(() -> choice(1, OptionalInt.of(0), OptionalInt.empty()).gpu(0))
        .hasMessageContaining(
            "Missing device of rank 1 of 3: it was assigned GPU 0 and its executor sees 0 GPUs")
        .hasMessageContaining("libcudart.so");
    assertThatThrownBy(() -> choice(1, OptionalInt.of(3), OptionalInt.empty()).gpu(2))
        .hasMessageContaining("it was assigned GPU 3 and its executor sees 2 GPUs");
  }

  @Test
  void ranksOfOneProcessTakeTurns() {
    assertThat(choice(0, OptionalInt.empty(), OptionalInt.of(0)).gpu(2)).hasValue(0);
    assertThat(choice(1, OptionalInt.empty(), OptionalInt.of(1)).gpu(2)).hasValue(1);
    assertThat(choice(2, OptionalInt.empty(), OptionalInt.of(2)).gpu(2)).hasValue(0);
  }

  @Test
  void theDriverTakesTheFirstGpu() {
    assertThat(DeviceChoice.ofDriver().gpu(0)).isEmpty();
    assertThat(DeviceChoice.ofDriver().gpu(2)).hasValue(0);
  }

  @Test
  void severalVisibleAndNoneAssignedIsAnError() {
    assertThat(choice(1, OptionalInt.empty(), OptionalInt.empty()).gpu(1)).hasValue(0);
    assertThatThrownBy(() -> choice(1, OptionalInt.empty(), OptionalInt.empty()).gpu(2))
        .hasMessageContaining("Missing device of rank 1 of 3: its executor sees 2 GPUs")
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
