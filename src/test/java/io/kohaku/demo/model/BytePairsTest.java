package io.kohaku.demo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BytePairsTest {
  @Test
  void tooFewWordsCannotMakeAVocabulary() {
    BytePairs pairs = new BytePairs();
    pairs.read("red hair");
    assertThatThrownBy(() -> pairs.merges(510))
        .hasMessage("Cannot learn another merge: every word is one symbol");
    assertThat(pairs.merges(2)).extracting(BytePairs.Pair::merged).containsExactly("ai", "air</w>");
  }
}
