package io.kohaku.settings;

import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.binding.Place;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Adapters to add to a checkpoint for good.
 *
 * @param base a single-file checkpoint; {@code model.checkpoint} if absent
 * @param adapters what is baked in; the exported one at 1 if there are none
 * @param precision number format of the result; the base's own if absent
 */
public record BakeSettings(
    @How @Place Optional<String> base,
    @What List<Adapter> adapters,
    @What Optional<Precision> precision)
    implements Serializable {

  /**
   * One adapter.
   *
   * @param file an adapter of SDXL, ours or another program's
   * @param multiplier its strength
   */
  public record Adapter(@How @NotBlank @Place String file, double multiplier)
      implements Serializable {}
}
