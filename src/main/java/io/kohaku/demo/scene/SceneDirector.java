package io.kohaku.demo.scene;

import io.kohaku.random.SeededStream;
import java.util.ArrayList;
import java.util.List;

/** Invents scenes from a stream of random numbers. */
public final class SceneDirector {
  private final SeededStream random;

  public SceneDirector(SeededStream random) {
    this.random = random;
  }

  public Scene next() {
    Hue background = one(Hue.values());
    List<Figure> figures = new ArrayList<>();
    List<Persona> cast = new ArrayList<>();
    for (int left = figureCount(); left > 0; left--) {
      if (random.nextDouble() < 0.5) {
        Persona character = one(Persona.CAST.toArray(Persona[]::new));
        if (!cast.contains(character)) {
          cast.add(character);
          figures.add(withFace(character.figure()));
          continue;
        }
      }
      figures.add(stranger());
    }
    return new Scene(
        background,
        one(Scene.Backdrop.values()),
        figures,
        cast,
        marks(background, figures.isEmpty() ? 2 : 0),
        one(Artist.ALL.toArray(Artist[]::new)));
  }

  private int figureCount() {
    double draw = random.nextDouble();
    return draw < 0.15 ? 0 : draw < 0.7 ? 1 : draw < 0.9 ? 2 : 3;
  }

  private Figure withFace(Figure figure) {
    return new Figure(
        figure.kind(), figure.hair(), figure.cut(), figure.clothes(), one(Figure.Face.values()));
  }

  private Figure stranger() {
    Figure.Kind kind = random.nextDouble() < 0.75 ? Figure.Kind.GIRL : Figure.Kind.BOY;
    Figure.Cut cut = kind == Figure.Kind.BOY ? Figure.Cut.SHORT : one(Figure.Cut.values());
    return new Figure(kind, one(Hue.values()), cut, one(Hue.values()), one(Figure.Face.values()));
  }

  private List<Scene.Tinted> marks(Hue background, int atLeast) {
    int count = atLeast + random.nextInt(3);
    List<Scene.Tinted> marks = new ArrayList<>();
    while (marks.size() < count) {
      Hue hue = one(Hue.values());
      if (hue != background) {
        marks.add(
            new Scene.Tinted(
                one(Mark.values()),
                hue,
                0.12 + 0.76 * random.nextDouble(),
                0.1 + 0.35 * random.nextDouble(),
                0.1 + 0.12 * random.nextDouble()));
      }
    }
    return marks;
  }

  private <T> T one(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
