package io.kohaku.sample;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kohaku.sample.prompt.ChunkJoin;
import io.kohaku.sample.prompt.Emphasis;
import io.kohaku.sample.prompt.PromptChunk;
import io.kohaku.sample.prompt.PromptTokens;
import io.kohaku.sdxl.Sdxl;
import io.kohaku.sdxl.SizeConditioning;
import io.kohaku.sdxl.TextEncoder;
import io.kohaku.sdxl.tape.Tape;
import io.kohaku.sdxl.tape.Value;
import java.util.ArrayList;
import java.util.List;

/** Prompts to what the U-Net reads, with emphasis applied to the vectors of tokens. */
final class PromptEncoder {
  /** The second encoder pads with "!", not with the end token. */
  private static final int SECOND_PAD = 0;

  private final Sdxl sdxl;
  private final PromptTokens tokens;

  PromptEncoder(Sdxl sdxl, PromptTokens tokens) {
    this.sdxl = sdxl;
    this.tokens = tokens;
  }

  /**
   * Encodes prompts side by side; shorter ones get empty chunks, so that all are equally long.
   *
   * @param wanted how to read them, and the size of the picture
   */
  Sdxl.Conditioning encode(Tape tape, NDManager scope, List<String> prompts, Wanted wanted) {
    List<List<PromptChunk>> texts = new ArrayList<>();
    for (String prompt : prompts) {
      texts.add(new ArrayList<>(tokens.chunks(prompt, wanted.emphasis())));
    }
    int longest = texts.stream().mapToInt(List::size).max().orElseThrow();
    for (List<PromptChunk> text : texts) {
      while (text.size() < longest) {
        text.add(PromptChunk.empty());
      }
    }
    List<PromptChunk> rows = texts.stream().flatMap(List::stream).toList();
    TextEncoder.Output one = sdxl.first().forward(tape, ids(tape, scope, rows, tokens.end()));
    TextEncoder.Output two = sdxl.second().forward(tape, ids(tape, scope, rows, SECOND_PAD));
    NDArray weights = weights(scope, rows);
    NDArray pooled =
        SampleKernels.call(
            scope, "first_pooled", two.pooled().orElseThrow().array(), prompts.size());
    return sdxl.join(
        tape,
        joined(tape, scope, one.hidden(), weights, prompts.size(), wanted),
        joined(tape, scope, two.hidden(), weights, prompts.size(), wanted),
        tape.input(pooled),
        tape.input(wanted.sizes(scope, prompts.size())));
  }

  /**
   * What goes with the words.
   *
   * @param height pixels: told as the original's and the target's; the crop is at 0, 0
   * @param width pixels
   */
  record Wanted(Emphasis emphasis, ChunkJoin join, int height, int width) {
    private NDArray sizes(NDManager scope, int texts) {
      float[] one = new SizeConditioning(height, width, 0, 0, height, width).toArray();
      float[] sizes = new float[one.length * texts];
      for (int i = 0; i < texts; i++) {
        System.arraycopy(one, 0, sizes, i * one.length, one.length);
      }
      return scope.create(sizes, new Shape(texts, one.length));
    }
  }

  private Value ids(Tape tape, NDManager scope, List<PromptChunk> rows, int pad) {
    long[] ids = new long[rows.size() * (PromptChunk.LENGTH + 2)];
    for (int i = 0; i < rows.size(); i++) {
      long[] row = rows.get(i).row(tokens.begin(), tokens.end(), pad);
      System.arraycopy(row, 0, ids, i * row.length, row.length);
    }
    return tape.input(scope.create(ids, new Shape(rows.size(), 1, PromptChunk.LENGTH + 2)));
  }

  private static NDArray weights(NDManager scope, List<PromptChunk> rows) {
    float[] weights = new float[rows.size() * (PromptChunk.LENGTH + 2)];
    for (int i = 0; i < rows.size(); i++) {
      float[] row = rows.get(i).rowWeights();
      System.arraycopy(row, 0, weights, i * row.length, row.length);
    }
    return scope.create(weights, new Shape(rows.size(), PromptChunk.LENGTH + 2));
  }

  private static Value joined(
      Tape tape, NDManager scope, Value hidden, NDArray weights, int texts, Wanted wanted) {
    boolean rescale = wanted.emphasis() == Emphasis.ORIGINAL;
    NDArray weighted = SampleKernels.call(scope, "weighted_rows", hidden.array(), weights, rescale);
    boolean whole = wanted.join() == ChunkJoin.WHOLE;
    return tape.input(SampleKernels.call(scope, "joined_rows", weighted, texts, whole));
  }
}
