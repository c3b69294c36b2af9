package io.kohaku.caption;

import io.kohaku.post.Rating;
import io.kohaku.post.TagCategory;
import io.kohaku.settings.captions.CaptionSettings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Puts the words of one post in the published order.
 *
 * <p>Fixed: special, character, copyright, artist. Flexible: general, meta, date, rating, quality.
 */
final class Captioner {
  /** Special tags are general ones, so going through the categories like this orders both parts. */
  private static final TagCategory[] ORDER = {
    TagCategory.GENERAL,
    TagCategory.CHARACTER,
    TagCategory.COPYRIGHT,
    TagCategory.ARTIST,
    TagCategory.META
  };

  private final TagWords tags;
  private final DateWords dates;
  private final Map<Rating, List<String>> ratings = new EnumMap<>(Rating.class);
  private final Optional<QualityWords> quality;
  private final Map<String, UTF8String> encoded = new HashMap<>();

  /**
   * A captioner for the posts of one task.
   *
   * @param thresholds what parts the qualities, or none for no quality words
   */
  Captioner(CaptionSettings settings, Optional<QualityThresholds> thresholds) {
    this.tags = new TagWords(settings);
    this.dates = new DateWords(settings);
    for (Rating rating : Rating.values()) {
      ratings.put(rating, settings.ratingTags().get(rating.key()));
    }
    this.quality = thresholds.map(given -> new QualityWords(given, settings.quality()));
  }

  /**
   * The caption of a post.
   *
   * @param tagsByCategory gives the tags of each category in stored order, a space between
   */
  Caption caption(Facts facts, Function<TagCategory, UTF8String> tagsByCategory) {
    List<UTF8String> fixed = new ArrayList<>();
    List<UTF8String> flexible = new ArrayList<>(48);
    for (TagCategory category : ORDER) {
      tags.add(category, tagsByCategory.apply(category), fixed, flexible);
    }
    dates.of(facts.createdAt()).ifPresent(word -> flexible.add(encode(word)));
    ratings.get(facts.rating()).forEach(word -> flexible.add(encode(word)));
    quality
        .flatMap(words -> words.of(facts.id(), facts.rating(), facts.favCount()))
        .ifPresent(word -> flexible.add(encode(word)));
    return new Caption(fixed, flexible);
  }

  private UTF8String encode(String word) {
    return encoded.computeIfAbsent(word, UTF8String::fromString);
  }

  /**
   * What else of a post the caption tells of.
   *
   * @param createdAt as the source writes it
   */
  record Facts(long id, String createdAt, Rating rating, int favCount) {}
}
