package io.kohaku.settings;

import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.time.Duration;

/**
 * What all stages of a run share.
 *
 * @param work folder or URI under which every stage keeps its output
 * @param seed the seed that every random choice of the run is made from
 * @param confirmAbove work that is not thrown away without asking
 */
public record RunSettings(@How @NotBlank String work, @What long seed, @How Duration confirmAbove)
    implements Serializable {}
