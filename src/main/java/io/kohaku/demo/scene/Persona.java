package io.kohaku.demo.scene;

import java.util.List;

/** A named character of a series, who always looks the same, so that the name can be learnt. */
public record Persona(String name, String series, Figure figure) {

  /** Everyone in the demo. */
  public static final List<Persona> CAST =
      List.of(
          girl("akane_(paper_town)", "paper_town", Hue.RED, Figure.Cut.SHORT, Hue.YELLOW),
          girl("mizuki_aoi", "paper_town", Hue.BLUE, Figure.Cut.LONG, Hue.WHITE),
          girl(
              "momo_(clockwork_garden)",
              "clockwork_garden",
              Hue.PINK,
              Figure.Cut.TWINTAILS,
              Hue.GREEN),
          girl("kuro_neko_no_rin", "clockwork_garden", Hue.BLACK, Figure.Cut.LONG, Hue.PURPLE),
          girl("sora-chan", "sky_harbour", Hue.AQUA, Figure.Cut.TWINTAILS, Hue.GREY),
          boy("captain_ginji", "sky_harbour", Hue.GREY, Hue.RED),
          boy("taro_(paper_town)", "paper_town", Hue.BROWN, Hue.ORANGE));

  private static Persona girl(String name, String series, Hue hair, Figure.Cut cut, Hue dress) {
    return new Persona(
        name, series, new Figure(Figure.Kind.GIRL, hair, cut, dress, Figure.Face.SMILE));
  }

  private static Persona boy(String name, String series, Hue hair, Hue shirt) {
    return new Persona(
        name,
        series,
        new Figure(Figure.Kind.BOY, hair, Figure.Cut.SHORT, shirt, Figure.Face.SMILE));
  }
}
