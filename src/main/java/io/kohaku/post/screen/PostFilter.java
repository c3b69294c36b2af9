package io.kohaku.post.screen;

import io.kohaku.post.Post;
import io.kohaku.post.Reason;
import io.kohaku.post.Reject;
import io.kohaku.post.TagCategory;
import io.kohaku.post.TagSet;
import io.kohaku.post.TagText;
import io.kohaku.post.WrittenDate;
import io.kohaku.settings.posts.FilterSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.spark.unsafe.types.UTF8String;

/** The filters that look at one post alone; the first that bites gives the reason. */
final class PostFilter {
  private record Rule(Reason reason, Predicate<Post> bites, Function<Post, String> detail) {}

  private final List<Rule> rules = new ArrayList<>();

  PostFilter(FilterSettings settings) {
    flags(settings);
    media(settings);
    picture(settings);
    time(settings);
    tags(settings);
  }

  /** The first reason to reject the post, if there is one. */
  Optional<Reject> reject(Post post) {
    for (Rule rule : rules) {
      if (rule.bites.test(post)) {
        return Optional.of(new Reject(rule.reason, rule.detail.apply(post)));
      }
    }
    return Optional.empty();
  }

  private void flags(FilterSettings settings) {
    if (settings.deleted()) {
      add(Reason.DELETED, Post::deleted, post -> "is_deleted");
    }
    if (settings.banned()) {
      add(Reason.BANNED, Post::banned, post -> "is_banned or taken down");
    }
    if (settings.goldOnly()) {
      add(
          Reason.GOLD_ONLY,
          post -> !post.visible() && !post.banned(),
          post -> "neither md5 nor file_url");
    }
  }

  private void media(FilterSettings settings) {
    if (settings.notStillImage()) {
      Set<UTF8String> still = texts(settings.stillExtensions());
      add(
          Reason.NOT_STILL_IMAGE,
          post -> !still.contains(post.fileExt()) && !still.contains(post.fileExt().toLowerCase()),
          post -> "file_ext " + post.fileExt());
    }
    if (settings.animated()) {
      TagSet animated = new TagSet(settings.animatedTags());
      add(
          Reason.ANIMATED,
          post -> animated.first(post.tags(TagCategory.META)).isPresent(),
          post -> "tag " + animated.first(post.tags(TagCategory.META)).orElseThrow());
    }
    if (settings.noTags()) {
      add(Reason.NO_TAGS, PostFilter::isUntagged, post -> "0 tags");
    }
  }

  private void picture(FilterSettings settings) {
    int minSide = settings.minSide();
    long minPixels = settings.minPixels();
    add(
        Reason.TOO_SMALL,
        post ->
            post.imageWidth() < minSide
                || post.imageHeight() < minSide
                || (long) post.imageWidth() * post.imageHeight() < minPixels,
        post -> post.imageWidth() + "×" + post.imageHeight());
    double minAspect = settings.minAspect().orElse(0.0);
    double maxAspect = settings.maxAspect().orElse(Double.POSITIVE_INFINITY);
    add(
        Reason.ASPECT,
        post -> post.aspect() < minAspect || post.aspect() > maxAspect,
        post -> "width / height " + post.aspect());
    settings
        .minScore()
        .ifPresent(
            least ->
                add(Reason.SCORE, post -> post.score() < least, post -> "score " + post.score()));
  }

  private void time(FilterSettings settings) {
    UTF8String since = UTF8String.fromString(settings.since().orElse(""));
    Optional<UTF8String> before = settings.before().map(UTF8String::fromString);
    if (settings.since().isPresent() || before.isPresent()) {
      Predicate<UTF8String> inside =
          day -> day.compareTo(since) >= 0 && (before.isEmpty() || day.compareTo(before.get()) < 0);
      add(
          Reason.DATE,
          post -> WrittenDate.day(post.createdAt()).filter(inside).isEmpty(),
          post -> "created_at " + post.createdAt());
    }
  }

  private void tags(FilterSettings settings) {
    Set<UTF8String> wanted = texts(settings.wantedTags());
    if (!wanted.isEmpty()) {
      add(
          Reason.WITHOUT_WANTED_TAG,
          post -> !missing(post, wanted).isEmpty(),
          post -> "without " + missing(post, wanted));
    }
    TagSet unwanted = new TagSet(settings.unwantedTags());
    if (!unwanted.isEmpty()) {
      add(
          Reason.UNWANTED_TAG,
          post -> found(post, unwanted).isPresent(),
          post -> "tag " + found(post, unwanted).orElseThrow());
    }
  }

  private void add(Reason reason, Predicate<Post> bites, Function<Post, String> detail) {
    rules.add(new Rule(reason, bites, detail));
  }

  private static Set<UTF8String> texts(Collection<String> texts) {
    Set<UTF8String> set = new HashSet<>();
    texts.forEach(text -> set.add(UTF8String.fromString(text)));
    return set;
  }

  private static boolean isUntagged(Post post) {
    for (UTF8String tags : post.tags()) {
      if (tags.numBytes() > 0) {
        return false;
      }
    }
    return true;
  }

  private static Optional<UTF8String> found(Post post, TagSet names) {
    for (UTF8String tags : post.tags()) {
      Optional<UTF8String> found = names.first(tags);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Set<UTF8String> missing(Post post, Set<UTF8String> names) {
    Set<UTF8String> missing = new TreeSet<>(names);
    for (UTF8String tags : post.tags()) {
      TagText.names(tags).forEach(missing::remove);
    }
    return missing;
  }
}
