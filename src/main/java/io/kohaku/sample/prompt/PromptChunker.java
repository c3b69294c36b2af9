package io.kohaku.sample.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Cuts weighted runs of words into chunks of {@value PromptChunk#LENGTH} tokens.
 *
 * <p>A chunk that overflows within {@value #BACKTRACK} tokens after a comma gives what follows the
 * comma to the next chunk, so that a tag is not cut in two.
 */
final class PromptChunker {
  private static final int BACKTRACK = 20;

  private final Function<String, List<Integer>> tokenize;
  private final int comma;
  private final List<PromptChunk> chunks = new ArrayList<>();
  private List<Integer> tokens = new ArrayList<>();
  private List<Double> weights = new ArrayList<>();
  private int afterComma;

  private PromptChunker(Function<String, List<Integer>> tokenize, int comma) {
    this.tokenize = tokenize;
    this.comma = comma;
  }

  /**
   * The chunks of a prompt, at least one.
   *
   * @param tokenize ids of a text, without begin and end
   * @param comma the id of a comma that ends a word
   */
  static List<PromptChunk> chunks(
      List<PromptRun> runs, Function<String, List<Integer>> tokenize, int comma) {
    PromptChunker chunker = new PromptChunker(tokenize, comma);
    for (PromptRun run : runs) {
      for (int token : chunker.tokenize.apply(run.text())) {
        chunker.add(token, run.weight());
      }
      if (run.breakAfter()) {
        chunker.finish(chunker.tokens.size());
      }
    }
    if (!chunker.tokens.isEmpty() || chunker.chunks.isEmpty()) {
      chunker.finish(chunker.tokens.size());
    }
    return chunker.chunks;
  }

  private void add(int token, double weight) {
    if (tokens.size() == PromptChunk.LENGTH) {
      boolean nearComma = afterComma > 0 && tokens.size() - afterComma < BACKTRACK;
      finish(token != comma && nearComma ? afterComma : tokens.size());
    }
    tokens.add(token);
    weights.add(weight);
    if (token == comma) {
      afterComma = tokens.size();
    }
  }

  /** Ends the chunk after {@code count} tokens; the rest begins the next. */
  private void finish(int count) {
    chunks.add(new PromptChunk(tokens.subList(0, count), weights.subList(0, count)));
    tokens = new ArrayList<>(tokens.subList(count, tokens.size()));
    weights = new ArrayList<>(weights.subList(count, weights.size()));
    afterComma = 0;
  }
}
