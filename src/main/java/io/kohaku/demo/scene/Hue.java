package io.kohaku.demo.scene;

import java.awt.Color;
import java.util.Locale;

/** A colour that has a name in tags. */
public enum Hue {
  RED(0xD83A3A),
  ORANGE(0xEE8A2E),
  YELLOW(0xF2D64B),
  GREEN(0x3FA65A),
  AQUA(0x45C4C9),
  BLUE(0x3A63D8),
  PURPLE(0x8A4BC9),
  PINK(0xF08BB8),
  BROWN(0x8A5A34),
  BLACK(0x26262B),
  GREY(0x8E9299),
  WHITE(0xF6F6F2);

  private final int rgb;

  Hue(int rgb) {
    this.rgb = rgb;
  }

  /** The word that tags use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The colour, pulled towards white by {@code paleness} in [0, 1). */
  public Color color(double paleness) {
    Color full = new Color(rgb);
    return new Color(
        mix(full.getRed(), paleness),
        mix(full.getGreen(), paleness),
        mix(full.getBlue(), paleness));
  }

  private static int mix(int channel, double paleness) {
    return (int) Math.round(channel + (255 - channel) * paleness);
  }
}
