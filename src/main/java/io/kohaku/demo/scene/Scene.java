package io.kohaku.demo.scene;

import java.util.List;

/**
 * What one picture shows; the tags and the drawing are both made from this, so they agree.
 *
 * @param cast the named characters among the figures, in drawing order
 */
public record Scene(
    Hue background,
    Backdrop backdrop,
    List<Figure> figures,
    List<Persona> cast,
    List<Tinted> marks,
    Artist artist) {

  public Scene {
    figures = List.copyOf(figures);
    cast = List.copyOf(cast);
    marks = List.copyOf(marks);
  }

  /** A mark, its colour, and its place as fractions of width and height. */
  record Tinted(Mark mark, Hue hue, double x, double y, double size) {}

  /** How the background is filled. */
  public enum Backdrop {
    PLAIN("simple_background"),
    GRADIENT("gradient_background"),
    STRIPES("striped_background"),
    DOTS("polka_dot_background"),
    BORDER("border");

    private final String tag;

    Backdrop(String tag) {
      this.tag = tag;
    }

    String tag() {
      return tag;
    }
  }
}
