package io.kohaku.settings;

import io.kohaku.settings.binding.NotBlank;
import java.io.Serializable;

/**
 * What all stages of a run share.
 *
 * @param work folder or URI under which every stage keeps its output
 * @param seed the seed that every random choice of the run is made from
 */
public record RunSettings(@NotBlank String work, long seed) implements Serializable {}
