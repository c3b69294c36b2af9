package io.kohaku.post;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class TagTextTest {
  private static UTF8String text(String text) {
    return UTF8String.fromString(text);
  }

  /** A stretch in the middle of a buffer, as a source gives it. */
  private static UTF8String stretch(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] buffer = ("  x" + text + "y  ").getBytes(StandardCharsets.UTF_8);
    return UTF8String.fromBytes(buffer, 3, bytes.length);
  }

  @Test
  void spacesPartNames() {
    assertThat(TagText.names(stretch("1girl caf\u00e9  \u732b")))
        .containsExactly(text("1girl"), text("caf\u00e9"), text("\u732b"));
    assertThat(TagText.names(TagText.NONE)).isEmpty();
    assertThat(TagText.of(List.of(text("a"), text("b")))).isEqualTo(text("a b"));
    assertThat(TagText.of(List.of())).isEqualTo(TagText.NONE);
  }

  @Test
  void spacesThatPartNothingGo() {
    UTF8String tidy = stretch("solo long_hair");
    assertThat(TagText.tidied(tidy)).isSameAs(tidy);
    for (String untidy : List.of(" solo long_hair", "solo long_hair ", "solo   long_hair")) {
      assertThat(TagText.tidied(stretch(untidy))).isEqualTo(text("solo long_hair"));
    }
    assertThat(TagText.tidied(stretch("  "))).isEqualTo(TagText.NONE);
  }

  @Test
  void aNameWithASpaceGetsAnUnderscore() {
    assertThat(TagText.name(text("long hair"))).isEqualTo(text("long_hair"));
  }

  @Test
  void aSetFindsItsNamesOnly() {
    TagSet set = new TagSet(List.of("animated", "animated_gif", "\u732b", ""));
    assertThat(set.first(stretch("animate animated_png animated_gif animated")))
        .contains(text("animated_gif"));
    assertThat(set.first(stretch("cat \u732b"))).contains(text("\u732b"));
    assertThat(set.first(stretch("animated_gi \u72ac"))).isEmpty();
    assertThat(set.first(TagText.NONE)).isEmpty();
    assertThat(new TagSet(List.of()).isEmpty()).isTrue();
  }

  @Test
  void aNameLongerThanAMachineWordHasBitsIsFoundToo() {
    String name = "a".repeat(100);
    TagSet set = new TagSet(List.of(name));
    assertThat(set.first(text("a".repeat(99) + " " + name))).contains(text(name));
  }
}
