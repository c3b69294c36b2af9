package io.kohaku.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeededStreamTest {
  @Test
  void sameKeysGiveTheSameNumbersAndOtherKeysOthers() {
    assertThat(SeededStream.of(Purpose.TRIAL, 1, 2).nextLong())
        .isEqualTo(SeededStream.of(Purpose.TRIAL, 1, 2).nextLong());
    assertThat(SeededStream.of(Purpose.TRIAL, 1, 2).nextLong())
        .isNotEqualTo(SeededStream.of(Purpose.TRIAL, 2, 1).nextLong());
    assertThat(SeededStream.seed(Purpose.TRIAL, 0))
        .isNotEqualTo(SeededStream.seed(Purpose.TRIAL, 0, 0));
    assertThat(SeededStream.seed(Purpose.EPOCH_ROWS, 1, 2, 3)).isEqualTo(6269760347076262942L);
  }

  @Test
  void doublesFillTheUnitInterval() {
    SeededStream stream = SeededStream.of(Purpose.TRIAL, 7);
    double sum = 0;
    for (int i = 0; i < 100_000; i++) {
      double value = stream.nextDouble();
      assertThat(value).isBetween(0.0, Math.nextDown(1.0));
      sum += value;
    }
    assertThat(sum / 100_000).isCloseTo(0.5, within(0.005));
  }

  @Test
  void integersAreUniformBelowTheBound() {
    SeededStream stream = SeededStream.of(Purpose.TRIAL, 3);
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[stream.nextInt(7)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(9_600, 10_400);
    }
    assertThatThrownBy(() -> stream.nextInt(0)).hasMessage("Invalid bound: 0 (must be above 0)");
  }

  @Test
  void shuffleKeepsEveryElement() {
    List<Integer> values = new ArrayList<>(IntStream.range(0, 50).boxed().toList());
    SeededStream.of(Purpose.TRIAL, 9).shuffle(values);
    assertThat(values).doesNotContainSequence(0, 1, 2, 3).hasSize(50);
    assertThat(values).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 50).boxed().toList());
  }
}
