package io.kohaku.demo.scene;

import java.util.stream.Collectors;

/**
 * A post's tags as a caption spells them: enough of the caption stage to learn a tokenizer from.
 */
public final class CaptionText {
  private CaptionText() {}

  public static String of(SceneTags tags) {
    return tags.all().stream().map(CaptionText::spaced).collect(Collectors.joining(", "));
  }

  /** Underscores become spaces, except in tags of three characters or fewer such as {@code ^_^}. */
  public static String spaced(String tag) {
    return tag.codePointCount(0, tag.length()) > 3 ? tag.replace('_', ' ') : tag;
  }
}
