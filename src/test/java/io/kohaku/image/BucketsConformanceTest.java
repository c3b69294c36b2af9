package io.kohaku.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.TheCard;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ImageSettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The sizes of the card's run, by {@code conf/delta.conf}. */
class BucketsConformanceTest {
  private static final ImageSettings DELTA = Recipes.delta().images();
  private static final double IMAGES = 3_665_398;

  @TestFactory
  Stream<DynamicTest> facts() {
    return TheCard.tests(
        getClass(),
        Map.of(
            "sides", BucketsConformanceTest::sides,
            "listed", () -> String.valueOf(BucketList.of(DELTA.buckets()).size()),
            "counted", () -> String.valueOf(counted()),
            "share", () -> String.format(Locale.ROOT, "%.2f", 1000 * counted() / IMAGES),
            "step", BucketsConformanceTest::steps,
            "placed", BucketsConformanceTest::placed,
            "pixels", BucketsConformanceTest::pixels));
  }

  private static String sides() {
    BucketSettings sizes = DELTA.buckets();
    assertThat(sizes.upscale()).isTrue();
    return "%sx%s, %s, %s"
        .formatted(sizes.width(), sizes.height(), sizes.minSide(), sizes.maxSide());
  }

  private static int counted() {
    List<String> names = BucketList.of(DELTA.buckets()).stream().map(Bucket::name).toList();
    Map<String, Integer> published = TheCard.buckets();
    assertThat(published).hasSize(33);
    assertThat(names).startsWith(published.keySet().toArray(String[]::new));
    return published.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static String steps() {
    int fine = BucketList.of(Recipes.delta("images.buckets.step=32").images().buckets()).size();
    int coarse = BucketList.of(Recipes.delta("images.buckets.step=64").images().buckets()).size();
    return fine + ", " + coarse;
  }

  private static String placed() throws ImageRejected {
    Placement placement = new BucketChoice(DELTA.buckets()).place(1920, 1080);
    Placement.LetterBox box = placement.letterBox();
    return "%s cut out of %sx%s, told as cut (%s, %s)"
        .formatted(
            placement.bucket().name(),
            placement.resizedWidth(),
            placement.resizedHeight(),
            (int) box.top(),
            (int) box.left());
  }

  private static String pixels() {
    assertThat(DELTA.alpha()).isEqualTo(ImageSettings.Alpha.DROP);
    assertThat(DELTA.orientation()).isEqualTo(ImageSettings.Orientation.IGNORE);
    assertThat(DELTA.resize()).isEqualTo(ImageSettings.Resize.AREA);
    return "thrown away, not looked at, area";
  }
}
