package io.kohaku.sample.prompt;

import java.util.List;
import java.util.function.Function;

/**
 * The tokenizer as this package needs it.
 *
 * @param encode ids of a text, without begin and end
 * @param begin the id that begins a row
 * @param end the id that ends a text
 */
public record PromptTokens(Function<String, List<Integer>> encode, int begin, int end) {
  /** The chunks of a prompt. */
  public List<PromptChunk> chunks(String prompt, Emphasis emphasis) {
    List<Integer> comma = encode.apply(",");
    return PromptChunker.chunks(
        emphasis.runs(prompt), encode, comma.size() == 1 ? comma.get(0) : -1);
  }
}
