package io.kohaku.weights.merge;

/** The tables of the text encoders that merging can take back from an original checkpoint. */
public enum Embedding {
  /** Vectors of tokens of CLIP-L. */
  FIRST_TOKEN("conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight"),
  /** Vectors of positions of CLIP-L. */
  FIRST_POSITION(
      "conditioner.embedders.0.transformer.text_model.embeddings.position_embedding.weight"),
  /** Vectors of tokens of OpenCLIP bigG. */
  SECOND_TOKEN("conditioner.embedders.1.model.token_embedding.weight"),
  /** Vectors of positions of OpenCLIP bigG. */
  SECOND_POSITION("conditioner.embedders.1.model.positional_embedding");

  private final String key;

  Embedding(String key) {
    this.key = key;
  }

  /** Its name in a single-file checkpoint. */
  String key() {
    return key;
  }
}
