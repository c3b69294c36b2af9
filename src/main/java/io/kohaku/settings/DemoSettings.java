package io.kohaku.settings;

import io.kohaku.settings.binding.Range;
import java.io.Serializable;

/**
 * The made-up site that the demo runs on.
 *
 * @param seed every post, picture and file follows from it
 * @param posts how many posts the site has, malformed lines not counted
 * @param side pixels: pictures have about the area of a square with this side
 */
public record DemoSettings(
    long seed, @Range(min = 50, max = 100_000) int posts, @Range(min = 64, max = 2048) int side)
    implements Serializable {}
