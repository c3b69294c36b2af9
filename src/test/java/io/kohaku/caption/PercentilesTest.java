package io.kohaku.caption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PercentilesTest {
  @Test
  void thePercentileIsTheValueOfTheNearestRank() {
    TreeMap<Integer, Long> counts = new TreeMap<>(Map.of(1, 1L, 2, 1L, 3, 1L, 4, 1L));
    assertThat(Percentiles.of(counts, List.of(0.0, 25.0, 25.1, 50.0, 75.0, 76.0, 100.0)))
        .containsExactly(1, 1, 2, 2, 3, 4, 4);
    assertThat(Percentiles.of(new TreeMap<>(Map.of(7, 3L)), List.of(10.0, 90.0)))
        .containsExactly(7, 7);
  }

  @Test
  void theyEqualThoseOfTheSortedValues() {
    Random random = new Random(3);
    int[] values = random.ints(1001, 0, 60).sorted().toArray();
    TreeMap<Integer, Long> counts = new TreeMap<>();
    for (int value : values) {
      counts.merge(value, 1L, Long::sum);
    }
    for (int percent = 1; percent <= 100; percent++) {
      int rank = (int) Math.ceil(percent * 1001 / 100.0);
      assertThat(Percentiles.of(counts, List.of((double) percent)))
          .containsExactly(values[rank - 1]);
    }
  }
}
