package io.kohaku.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.cluster.ring.Rank;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SeatTest {
  @Test
  void withoutAcceleratorsTheCpuComputes() {
    assertThat(seat(0, OptionalInt.empty(), false).device(0)).isEmpty();
  }

  @Test
  void theClustersAssignmentCounts() {
    assertThat(seat(0, OptionalInt.of(3), false).device(4)).hasValue(3);
  }

  @Test
  void anAssignedAcceleratorThatIsNotThereIsAnErrorRatherThanTheCpu() {
    assertThatThrownBy(() -> seat(1, OptionalInt.of(0), false).device(0))
        .hasMessageContaining(
            "Missing device of rank 1 of 3: it was assigned GPU 0 and its executor sees 0 GPUs")
        .hasMessageContaining("libcudart.so");
    assertThatThrownBy(() -> seat(1, OptionalInt.of(3), false).device(2))
        .hasMessageContaining("it was assigned GPU 3 and its executor sees 2 GPUs");
  }

  @Test
  void ranksOfOneProcessTakeTurns() {
    assertThat(seat(0, OptionalInt.empty(), true).device(2)).hasValue(0);
    assertThat(seat(1, OptionalInt.empty(), true).device(2)).hasValue(1);
    assertThat(seat(2, OptionalInt.empty(), true).device(2)).hasValue(0);
  }

  @Test
  void severalVisibleAndNoneAssignedIsAnError() {
    assertThat(seat(1, OptionalInt.empty(), false).device(1)).hasValue(0);
    assertThatThrownBy(() -> seat(1, OptionalInt.empty(), false).device(2))
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

  private static Seat seat(int index, OptionalInt assigned, boolean shared) {
    return new Seat(
        new Rank(index, 3),
        0,
        "localhost",
        new Seat.Accelerator(assigned, shared),
        List::of,
        () -> false);
  }
}
