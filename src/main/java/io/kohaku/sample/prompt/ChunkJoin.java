package io.kohaku.sample.prompt;

/** How the rows of a long prompt become one sequence. */
public enum ChunkJoin {
  /** Every row whole, 77 vectors each, as user interfaces do. */
  WHOLE,
  /** Without the end and begin between rows, 75 n + 2 vectors, as sd-scripts trains. */
  INNER
}
