/** Checkpoints added up, with an original's embeddings put back. */
package io.kohaku.weights.merge;
