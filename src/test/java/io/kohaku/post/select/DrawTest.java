package io.kohaku.post.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.post.screen.IdSet;
import io.kohaku.settings.posts.PostSettings;
import org.junit.jupiter.api.Test;

class DrawTest {
  private static final long EIGHT_MILLION = 8_000_000;

  private static IdSet everyId(long until) {
    IdSet ids = new IdSet();
    ids.addRange(0, until);
    return ids;
  }

  private static long inside(IdSet ids, long from, long until) {
    long[] count = {0};
    ids.forEach(id -> count[0] += id >= from && id < until ? 1 : 0);
    return count[0];
  }

  @Test
  void theCardsDrawOverEveryIdHasThePublishedCounts() {
    IdSet drawn = new Draw(Recipes.delta().posts()).of(everyId(EIGHT_MILLION));
    assertThat(inside(drawn, 3_000_000, 5_000_000)).isEqualTo(787_041);
    assertThat(inside(drawn, 0, 3_000_000)).isEqualTo(850_290);
    assertThat(inside(drawn, 5_000_000, EIGHT_MILLION)).isEqualTo(3_000_000);
  }

  @Test
  void withoutReplacementTakesExactlyAsManyAsAsked() {
    PostSettings settings = Recipes.delta("posts.mode=without-replacement").posts();
    IdSet drawn = new Draw(settings).of(everyId(EIGHT_MILLION));
    assertThat(inside(drawn, 3_000_000, 5_000_000)).isEqualTo(1_000_000);
    assertThat(inside(drawn, 0, 3_000_000)).isEqualTo(1_000_000);
    assertThat(inside(drawn, 5_000_000, EIGHT_MILLION)).isEqualTo(3_000_000);
  }

  @Test
  void amongSparseIdsTheCardsDrawTakesTheIthSmallest() {
    PostSettings settings = Recipes.delta("posts.bands=[{from=1000, take=5}]").posts();
    IdSet all = new IdSet();
    for (long i = 0; i < 499; i++) {
      all.add(1000 + 7 * i);
    }
    all.add(3);
    IdSet drawn = new Draw(settings).of(all);
    assertThat(drawn.size()).isEqualTo(5);
    for (long index : new long[] {67, 422, 381, 127, 247}) {
      assertThat(drawn.contains(1000 + 7 * index)).isTrue();
    }
  }

  @Test
  void theSeedChangesTheDrawAndABandTakesWhatThereIs() {
    PostSettings one = Recipes.defaults("posts.bands=[{from=0, until=900, take=100}]").posts();
    PostSettings two =
        Recipes.defaults("posts.bands=[{from=0, until=900, take=100}]", "posts.seed=2").posts();
    PostSettings most = Recipes.defaults("posts.bands=[{from=0, take=5000}]").posts();
    PostSettings none = Recipes.defaults("posts.bands=[{from=0, take=0}]").posts();
    IdSet all = everyId(1000);
    assertThat(new Draw(one).of(all).size()).isEqualTo(100);
    IdSet both = new Draw(one).of(all).addAll(new Draw(two).of(all));
    assertThat(both.size()).isBetween(150L, 199L);
    assertThat(new Draw(most).of(all).size()).isEqualTo(1000);
    assertThat(new Draw(none).of(all).size()).isZero();
  }

  @Test
  void onlyBandsWithALimitNeedTheIds() {
    assertThat(new Draw(Recipes.delta().posts()).needsIds()).isTrue();
    assertThat(new Draw(Recipes.defaults().posts()).needsIds()).isFalse();
  }
}
