package io.kohaku.demo.model;

import io.kohaku.demo.scene.Artist;
import io.kohaku.demo.scene.CaptionText;
import io.kohaku.demo.scene.Figure;
import io.kohaku.demo.scene.Hue;
import io.kohaku.demo.scene.Mark;
import io.kohaku.demo.scene.Persona;
import java.util.ArrayList;
import java.util.List;

/**
 * Every word that a caption of the demo may hold, whatever the seed, so that the tokenizer knows
 * it.
 */
final class DemoVocabulary {
  private static final String WORDS =
      """
      masterpiece best great good normal low worst quality safe sensitive nsfw explicit old early
      mid recent newest 1girl 2girls 3girls 1boy 2boys 3boys multiple girls boys solo no humans
      looking at viewer original highres absurdres commentary request bad id scan translated
      animated simple background gradient striped polka dot border outdoors indoors standing sitting
      holding portrait upper body full cowboy shot open mouth closed eyes smile frown blush school
      uniform skirt jacket gloves ribbon flower sky cloud night star moon water tree window weapon
      sword book cup food animal ears tail wings hat glasses ponytail bangs braid jewelry necklace
      earrings collar detached sleeves thighhighs boots shoes sitting lying walking running from
      above below behind side picture drawing painting watercolor sketch monochrome greyscale
      apron armor autumn bag bandages barefoot bare shoulders beach beret bikini blanket blazer blonde
      braided bread breathing bridge building bunny butterfly candle cardigan cherry blossoms choker
      city classroom cleavage cloak clouds coat computer cosplay crossed crown curtains dagger dancing
      demon desk dragon elbow evening expressionless fangs feather fingerless fireworks fish floating
      forest fountain fox freckles frills fruit garden gradient gun hairband hairclip halo hand headphones
      heterochromia holding hood hoodie horns horse hug ice instrument island japanese jumping kimono
      kneeling lantern leaf leaning library light lipstick looking back maid makeup mask microphone
      midriff mirror mountain multicolored musical neckerchief nurse obi ocean one eye covered parted
      lips petals phone piano pillow plaid plant pointy pocket profile puffy rain reading reflection
      river road robe room rose ruins sailor sand sash scarf scenery serafuku shadow shawl shirt ship
      shorts sidelocks silhouette singing sleeping sleeveless smoke snow socks spread steam street
      striped sunflower sunglasses sunlight sunset surprised swimsuit table teacup teeth thighs tie
      towel town toy traditional train transparent tunic twin umbrella undershirt vest village virtual
      waist waving wet wide wind winter witch wolf yukata zettai ryouiki zipper youtuber idol knight
      """;

  private DemoVocabulary() {}

  static List<String> words() {
    List<String> words = new ArrayList<>(List.of(WORDS.strip().split("\\s+")));
    for (Hue hue : Hue.values()) {
      words.add(hue.word());
    }
    for (Mark mark : Mark.values()) {
      words.add(CaptionText.spaced(mark.tag()));
    }
    for (Figure.Kind kind : Figure.Kind.values()) {
      words.add(kind.garment());
    }
    for (Figure.Cut cut : Figure.Cut.values()) {
      words.add(CaptionText.spaced(cut.tag()));
    }
    for (Persona character : Persona.CAST) {
      words.add(CaptionText.spaced(character.name()));
      words.add(CaptionText.spaced(character.series()));
    }
    for (Artist artist : Artist.ALL) {
      words.add(CaptionText.spaced(artist.name()));
    }
    return words;
  }
}
