package io.kohaku.post;

import java.util.Locale;

/** A category of tags, in the order of HakuBooru's codes. */
public enum TagCategory {
  GENERAL(0),
  ARTIST(1),
  CHARACTER(4),
  COPYRIGHT(3),
  META(5);

  private static final TagCategory[] BY_CODE = values();

  private final int danbooruCode;

  TagCategory(int danbooruCode) {
    this.danbooruCode = danbooruCode;
  }

  /** Lower-case name. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The column of a table that holds this category's tags, called as the site's own field. */
  public String column() {
    return "tag_string_" + key();
  }

  /** The category of HakuBooru's {@code tag.type}. */
  public static TagCategory ofHakuBooru(long code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new MalformedPostException("Unknown tag type: " + code + " (one of 0 to 4)");
    }
    return BY_CODE[(int) code];
  }

  /** The category of Danbooru's own code, which differs. */
  public static TagCategory ofDanbooru(long code) {
    for (TagCategory category : BY_CODE) {
      if (category.danbooruCode == code) {
        return category;
      }
    }
    throw new MalformedPostException("Unknown tag category: " + code + " (one of 0, 1, 3, 4, 5)");
  }
}
