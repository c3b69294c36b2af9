package io.kohaku.sdxl.layout;

import java.util.Map;

/**
 * The sizes of a CLIP text encoder.
 *
 * @param vocabulary number of token ids
 * @param positions tokens in a row
 * @param width width of the residual stream
 * @param hidden width inside the feed-forward part
 * @param layers number of layers
 * @param headWidth channels of one attention head
 * @param projection width of the pooled output, 0 where there is none
 */
public record TextSizes(
    long vocabulary,
    long positions,
    long width,
    long hidden,
    int layers,
    long headWidth,
    long projection) {

  /** CLIP's id of the end of a text. */
  private static final long END_TOKEN = 49_407;

  /** Tokens in a row, for which CLIP has positions. */
  private static final long POSITIONS = 77;

  /**
   * Width and layers of CLIP-L and of OpenCLIP's bigG; other widths are of models made for tests.
   */
  private static final Map<Long, Integer> LAYERS = Map.of(768L, 12, 1280L, 32);

  /** The id that ends a text: CLIP's, whatever was added behind; a smaller vocabulary's last. */
  public long endToken() {
    return Math.min(END_TOKEN, vocabulary - 1);
  }

  /**
   * The same, with at least the token ids that {@code other} has, as both read the same ids; tokens
   * that were added behind CLIP's may be of one alone.
   */
  TextSizes reading(TextSizes other) {
    long least = Math.min(other.vocabulary, END_TOKEN + 1);
    return new TextSizes(
        Math.max(vocabulary, least), positions, width, hidden, layers, headWidth, projection);
  }

  /** What the width asks for, or what is there: the last layers may have been cut off. */
  private static int layers(long width, int counted) {
    return Math.max(counted, LAYERS.getOrDefault(width, 0));
  }

  static TextSizes first(TensorShapes shapes, long headWidth) {
    String prefix = Network.TE1.prefix() + "text_model.";
    String embedding = prefix + "embeddings.token_embedding.weight";
    long width = shapes.dimension(embedding, 1);
    return new TextSizes(
        shapes.dimension(embedding, 0),
        POSITIONS,
        width,
        shapes.dimension(prefix + "encoder.layers.0.mlp.fc1.weight", 0),
        layers(width, shapes.count(prefix + "encoder.layers")),
        headWidth,
        0);
  }

  static TextSizes second(TensorShapes shapes, long headWidth) {
    String prefix = Network.TE2.prefix();
    long width = shapes.dimension(prefix + "token_embedding.weight", 1);
    return new TextSizes(
        shapes.dimension(prefix + "token_embedding.weight", 0),
        POSITIONS,
        width,
        shapes.dimension(prefix + "transformer.resblocks.0.mlp.c_fc.weight", 0),
        layers(width, shapes.count(prefix + "transformer.resblocks")),
        headWidth,
        width);
  }
}
