package io.kohaku.post.screen;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.post.Post;
import io.kohaku.post.PostDraft;
import io.kohaku.post.Rating;
import io.kohaku.post.Reason;
import io.kohaku.post.Reject;
import io.kohaku.post.TagCategory;
import io.kohaku.post.TagText;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostFilterTest {
  private static Optional<Reject> reject(Post post, String... overrides) {
    String[] keys =
        Arrays.stream(overrides).map(key -> "posts.filter." + key).toArray(String[]::new);
    return new PostFilter(Recipes.defaults(keys).posts().filter()).reject(post);
  }

  private static PostDraft draft() {
    PostDraft draft = new PostDraft();
    draft.id = 1;
    draft.createdAt = UTF8String.fromString("2022-02-03T04:05:06.000-05:00");
    draft.rating = Rating.GENERAL;
    draft.score = 5;
    draft.favCount = 9;
    draft.fileExt = UTF8String.fromString("jpg");
    draft.imageWidth = 600;
    draft.imageHeight = 800;
    draft.md5 = UTF8String.fromString("abc");
    draft.tags[0] = UTF8String.fromString("1girl sky");
    return draft;
  }

  @Test
  void aGoodPostPasses() {
    assertThat(reject(draft().post())).isEmpty();
  }

  @Test
  void theFirstReasonInTheFixedOrderCounts() {
    PostDraft draft = draft();
    draft.deleted = true;
    draft.banned = true;
    draft.md5 = null;
    draft.fileExt = UTF8String.fromString("zip");
    draft.imageWidth = 10;
    Post post = draft.post();
    assertThat(reject(post).orElseThrow().reason()).isEqualTo(Reason.DELETED);
    assertThat(reject(post, "deleted=false").orElseThrow().reason()).isEqualTo(Reason.BANNED);
    assertThat(reject(post, "deleted=false", "banned=false"))
        .contains(new Reject(Reason.NOT_STILL_IMAGE, "file_ext zip"));
    assertThat(reject(post, "deleted=false", "banned=false", "not-still-image=false"))
        .contains(new Reject(Reason.TOO_SMALL, "10×800"));
    assertThat(reject(post, "deleted=false", "banned=false", "not-still-image=false", "min-side=0"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "deleted, DELETED",
    "banned, BANNED",
    "gold-only, GOLD_ONLY",
    "not-still-image, NOT_STILL_IMAGE",
    "animated, ANIMATED",
    "no-tags, NO_TAGS",
  })
  void everyReasonHasItsSwitch(String key, Reason reason) {
    PostDraft draft = draft();
    switch (reason) {
      case DELETED -> draft.deleted = true;
      case BANNED -> draft.banned = true;
      case GOLD_ONLY -> draft.md5 = null;
      case NOT_STILL_IMAGE -> draft.fileExt = UTF8String.fromString("gif");
      case ANIMATED ->
          draft.tags[TagCategory.META.ordinal()] = UTF8String.fromString("animated_png");
      default -> draft.tags[0] = TagText.NONE;
    }
    Post post = draft.post();
    assertThat(reject(post).map(Reject::reason)).contains(reason);
    assertThat(reject(post, key + "=false")).isEmpty();
  }

  @Test
  void everyFilterCanBeSet() {
    Post post = draft().post();
    assertThat(reject(post, "min-pixels=480001")).contains(new Reject(Reason.TOO_SMALL, "600×800"));
    assertThat(reject(post, "min-aspect=0.76"))
        .contains(new Reject(Reason.ASPECT, "width / height 0.75"));
    assertThat(reject(post, "max-aspect=0.74"))
        .contains(new Reject(Reason.ASPECT, "width / height 0.75"));
    assertThat(reject(post, "min-score=6")).contains(new Reject(Reason.SCORE, "score 5"));
    String created = "created_at 2022-02-03T04:05:06.000-05:00";
    assertThat(reject(post, "since=2022-02-04")).contains(new Reject(Reason.DATE, created));
    assertThat(reject(post, "before=2022-02-03")).contains(new Reject(Reason.DATE, created));
    assertThat(reject(post, "since=2022-02-03", "before=2022-02-04")).isEmpty();
    assertThat(reject(post, "wanted-tags=[sky, sea, air]"))
        .contains(new Reject(Reason.WITHOUT_WANTED_TAG, "without [air, sea]"));
    assertThat(reject(post, "unwanted-tags=[sea, sky]"))
        .contains(new Reject(Reason.UNWANTED_TAG, "tag sky"));
    assertThat(reject(post, "still-extensions=[png]"))
        .contains(new Reject(Reason.NOT_STILL_IMAGE, "file_ext jpg"));
  }

  @Test
  void anUndatedPostIsOutsideAnyDates() {
    PostDraft draft = draft();
    draft.createdAt = UTF8String.EMPTY_UTF8;
    assertThat(reject(draft.post(), "before=2022-02-03"))
        .contains(new Reject(Reason.DATE, "created_at "));
  }
}
