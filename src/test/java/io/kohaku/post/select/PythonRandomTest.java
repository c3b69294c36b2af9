package io.kohaku.post.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PythonRandomTest {
  @Test
  void choicesAreThoseOfPython() {
    PythonRandom random = new PythonRandom(1);
    long[] choices = new long[5];
    for (int i = 0; i < 5; i++) {
      choices[i] = random.nextChoice(499);
    }
    assertThat(choices).containsExactly(67, 422, 381, 127, 247);
  }

  @Test
  void fractionsAreThoseOfPythonForSeedsOfOneAndTwoWords() {
    assertThat(new PythonRandom(1).nextDouble()).isEqualTo(0.13436424411240122);
    assertThat(new PythonRandom(0).nextDouble()).isEqualTo(0.8444218515250481);
    assertThat(new PythonRandom(1L << 40 | 12345).nextDouble()).isEqualTo(SEED_OF_TWO_WORDS);
    PythonRandom random = new PythonRandom(1);
    for (int i = 0; i < 999; i++) {
      random.nextDouble();
    }
    assertThat(random.nextDouble()).isEqualTo(THOUSANDTH);
  }

  @Test
  void aNegativeSeedIsAnError() {
    assertThatThrownBy(() -> new PythonRandom(-1))
        .hasMessage("Invalid seed: -1 (must be at least 0)");
  }

  private static final double SEED_OF_TWO_WORDS = 0.31036222241287226;
  private static final double THOUSANDTH = 0.7062615472551386;
}
