package io.kohaku.sample.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptChunkerTest {
  private static final int COMMA = 9;

  /** One token for each character: its digit, a comma for a comma. */
  private static List<PromptChunk> chunks(PromptRun... runs) {
    return PromptChunker.chunks(
        List.of(runs),
        text ->
            text.chars()
                .mapToObj(letter -> letter == ',' ? Integer.valueOf(COMMA) : letter - '0')
                .toList(),
        COMMA);
  }

  private static PromptRun run(String text) {
    return new PromptRun(text, 1, false);
  }

  @Test
  void anEmptyPromptIsOneEmptyChunk() {
    assertThat(chunks(run(""))).containsExactly(PromptChunk.empty());
    long[] first = PromptChunk.empty().row(1022, 1023, 1023);
    assertThat(first).hasSize(77).startsWith(1022, 1023, 1023).endsWith(1023);
    long[] second = PromptChunk.empty().row(1022, 1023, 0);
    assertThat(second).hasSize(77).startsWith(1022, 1023, 0).endsWith(0);
  }

  @Test
  void aFullChunkEndsWithTheEndToken() {
    List<PromptChunk> chunks = chunks(run("1".repeat(75)));
    assertThat(chunks).hasSize(1);
    long[] row = chunks.get(0).row(1022, 1023, 0);
    assertThat(row[75]).isEqualTo(1);
    assertThat(row[76]).isEqualTo(1023);
  }

  @Test
  void overflowWithoutCommaIsCutAtTheEnd() {
    List<PromptChunk> chunks = chunks(run("1".repeat(80)));
    assertThat(chunks).extracting(chunk -> chunk.tokens().size()).containsExactly(75, 5);
  }

  @Test
  void overflowGoesBackToANearComma() {
    List<PromptChunk> chunks = chunks(run("1".repeat(59) + "," + "2".repeat(20)));
    assertThat(chunks).extracting(chunk -> chunk.tokens().size()).containsExactly(60, 20);
    assertThat(chunks.get(1).tokens()).containsOnly(2);
    List<PromptChunk> edge = chunks(run("1".repeat(55) + "," + "2".repeat(24)));
    assertThat(edge).extracting(chunk -> chunk.tokens().size()).containsExactly(56, 24);
    List<PromptChunk> far = chunks(run("1".repeat(54) + "," + "2".repeat(25)));
    assertThat(far).extracting(chunk -> chunk.tokens().size()).containsExactly(75, 5);
  }

  @Test
  void aCommaThatOverflowsBeginsTheNextChunk() {
    List<PromptChunk> chunks = chunks(run("1".repeat(70) + "," + "2".repeat(4) + ",3"));
    assertThat(chunks).extracting(chunk -> chunk.tokens().size()).containsExactly(75, 2);
    assertThat(chunks.get(1).tokens()).containsExactly(COMMA, 3);
  }

  @Test
  void breaksEndChunksAndWeightsTravel() {
    List<PromptChunk> chunks =
        chunks(new PromptRun("12", 1.5, true), new PromptRun("3", 0.5, false), run("4"));
    assertThat(chunks)
        .containsExactly(
            new PromptChunk(List.of(1, 2), List.of(1.5, 1.5)),
            new PromptChunk(List.of(3, 4), List.of(0.5, 1.0)));
    float[] weights = chunks.get(0).rowWeights();
    assertThat(weights).hasSize(77).startsWith(1, 1.5f, 1.5f, 1);
  }

  @Test
  void aChunkIsNotLongerThanARow() {
    List<Integer> tokens = Collections.nCopies(76, 1);
    List<Double> weights = new ArrayList<>(Collections.nCopies(76, 1.0));
    assertThatThrownBy(() -> new PromptChunk(tokens, weights))
        .hasMessage("Invalid chunk: 76 tokens, 76 weights (must be equal and at most 75)");
  }
}
