package io.kohaku.demo.scene;

import java.util.List;

/** One drawn person: what it is, its hair, its clothes and its face. */
public record Figure(Kind kind, Hue hair, Cut cut, Hue clothes, Face face) {

  /** What a figure is. */
  public enum Kind {
    GIRL("girl", "dress"),
    BOY("boy", "shirt");

    private final String word;
    private final String garment;

    Kind(String word, String garment) {
      this.word = word;
      this.garment = garment;
    }

    String word() {
      return word;
    }

    public String garment() {
      return garment;
    }
  }

  /** How the hair is worn. */
  public enum Cut {
    SHORT("short_hair"),
    LONG("long_hair"),
    TWINTAILS("twintails");

    private final String tag;

    Cut(String tag) {
      this.tag = tag;
    }

    public String tag() {
      return tag;
    }
  }

  /** What the face does; two are tags of three characters, whose underscore a caption keeps. */
  enum Face {
    SMILE("smile"),
    FROWN("frown"),
    CLOSED_EYES("closed_eyes"),
    HAPPY("^_^"),
    SURPRISED("o_o"),
    OPEN_MOUTH("open_mouth");

    private final String tag;

    Face(String tag) {
      this.tag = tag;
    }

    String tag() {
      return tag;
    }
  }

  /** The general tags that this figure earns a picture. */
  List<String> tags() {
    return List.of(
        hair.word() + "_hair", cut.tag(), clothes.word() + "_" + kind.garment(), face.tag());
  }
}
