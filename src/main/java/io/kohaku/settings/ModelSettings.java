package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.Place;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.Optional;

/**
 * The frozen SDXL model: where its files lie and how faithfully to follow which reference.
 *
 * @param checkpoint single-file safetensors checkpoint, or a folder in diffusers' layout
 * @param vae file with a separate VAE, in place of the checkpoint's own
 * @param tokenizer folder with {@code vocab.json} and {@code merges.txt}, or {@code tokenizer.json}
 * @param headWidth channels of one attention head, which tensors do not tell
 * @param timestepDivisor divisor of the timestep embedding's frequencies
 * @param pooledProjection how the pooled vector of text encoder 2 is projected
 * @param tokens tokens of a caption without the chunks' first and last: 75, 150 or 225
 */
public record ModelSettings(
    @How @Place String checkpoint,
    @How @Place Optional<String> vae,
    @How @Place String tokenizer,
    @What @Range(min = 1) int headWidth,
    @What int timestepDivisor,
    @What PooledProjection pooledProjection,
    @What int tokens)
    implements Checked, Serializable {

  /** The same model, its files read from other places. */
  public ModelSettings readFrom(String checkpoint, Optional<String> vae, String tokenizer) {
    return new ModelSettings(
        checkpoint, vae, tokenizer, headWidth, timestepDivisor, pooledProjection, tokens);
  }

  /** How the pooled vector {@code v} meets the projection {@code P}. */
  public enum PooledProjection {
    /** {@code v P}, as OpenCLIP and all inference programs have it. */
    STANDARD,
    /** {@code v Pᵀ}, as sd-scripts trains. */
    TRANSPOSED
  }

  @Override
  public void check(Problems problems) {
    if (timestepDivisor != 160 && timestepDivisor != 159) {
      problems.add(
          "timestep-divisor", timestepDivisor, "160, or 159 as sd-scripts had it to 0.8.4");
    }
    if (tokens != 75 && tokens != 150 && tokens != 225) {
      problems.add("tokens", tokens, "one of 75, 150, 225");
    }
  }
}
