package io.kohaku.demo.scene;

import java.util.List;

/**
 * A style that the artist tag can teach.
 *
 * @param name the artist tag
 * @param outline the width of outlines, in thousandths of the picture's shorter side
 * @param paleness how far every colour is pulled towards white, in [0, 1)
 */
public record Artist(String name, int outline, double paleness) {

  /** Every artist of the demo. */
  public static final List<Artist> ALL =
      List.of(
          new Artist("bold_brush", 24, 0.0),
          new Artist("inkwell_sato", 14, 0.1),
          new Artist("pastel_yuki", 6, 0.45),
          new Artist("chalk_(studio)", 10, 0.3),
          new Artist("no_line_kei", 0, 0.15));
}
