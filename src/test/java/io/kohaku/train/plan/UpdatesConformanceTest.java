package io.kohaku.train.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.TheCard;
import io.kohaku.settings.Settings;
import io.kohaku.settings.TrainSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** How many updates the card's run had, by {@code conf/delta.conf}. */
class UpdatesConformanceTest {
  private static final Settings DELTA = Recipes.delta();
  private static final TrainSettings TRAIN = DELTA.train();
  private static final int IMAGES = 3_665_398;
  private static final int BUCKETS = 97;
  private static final long UPDATES = 28_638;
  private static final Collection<Integer> COUNTED = TheCard.buckets().values();

  @TestFactory
  Stream<DynamicTest> facts() {
    return TheCard.tests(
        getClass(),
        Map.of(
            "batch", UpdatesConformanceTest::batch,
            "needed", UpdatesConformanceTest::needed,
            "known", () -> String.valueOf(known()),
            "updates", UpdatesConformanceTest::updates,
            "epochs", () -> String.valueOf(TRAIN.epochs()),
            "saved", UpdatesConformanceTest::saved));
  }

  private static String batch() {
    int ranks = DELTA.cluster().ranks();
    int all = TRAIN.microBatch() * TRAIN.microBatchesPerUpdate();
    return "%s x %s x %s = %s"
        .formatted(TRAIN.microBatch(), TRAIN.microBatchesPerUpdate() / ranks, ranks, all);
  }

  private static long updates(List<Integer> sizes) {
    return RunPlan.of(sizes, TRAIN, DELTA.run().seed()).updates();
  }

  private static String needed() {
    int[] batches =
        IntStream.range(916_300, 916_500)
            .filter(count -> updates(List.of(4 * count)) == UPDATES)
            .toArray();
    assertThat(batches[batches.length - 1] - batches[0] + 1).isEqualTo(batches.length);
    return batches[0] + " to " + batches[batches.length - 1];
  }

  /** What bucket after bucket lacks to full batches of four. */
  private static int known() {
    return COUNTED.stream().mapToInt(images -> Math.floorMod(-images, 4)).sum();
  }

  /**
   * The share of ways in which the other buckets' last batches can lack 0 to 3 images each, among
   * those that fit the number of images, by the updates that the plan has.
   */
  private static String updates() {
    int others = BUCKETS - COUNTED.size();
    double[] ways = {1};
    for (int bucket = 0; bucket < others; bucket++) {
      double[] more = new double[ways.length + 3];
      for (int lacking = 0; lacking < more.length - 3; lacking++) {
        for (int last = 0; last < 4; last++) {
          more[lacking + last] += ways[lacking] / 4;
        }
      }
      ways = more;
    }
    TreeMap<Long, Double> shares = new TreeMap<>();
    for (int lacking = 0; lacking < ways.length; lacking++) {
      if ((IMAGES + known() + lacking) % 4 == 0) {
        shares.merge(updates(sizes(others, lacking)), ways[lacking], Double::sum);
      }
    }
    assertThat(shares.keySet()).containsExactly(UPDATES - 1, UPDATES);
    double share = shares.get(UPDATES) / (shares.get(UPDATES) + shares.get(UPDATES - 1));
    return String.format(
        Locale.ROOT, "%s for %.1f %% of the ways, else %s", UPDATES, 100 * share, UPDATES - 1);
  }

  /** The counted buckets and others whose last batches lack so many images in all. */
  private static List<Integer> sizes(int others, int lacking) {
    List<Integer> sizes = new ArrayList<>(COUNTED);
    int left = IMAGES - sizes.stream().mapToInt(Integer::intValue).sum();
    for (int bucket = 0; bucket < others - 1; bucket++) {
      int images = 40_000 - Math.min(3, Math.max(0, lacking - 3 * bucket));
      sizes.add(images);
      left -= images;
    }
    sizes.add(left);
    int lacks = sizes.stream().mapToInt(images -> Math.floorMod(-images, 4)).sum();
    assertThat(lacks).isEqualTo(known() + lacking);
    return sizes;
  }

  private static String saved() {
    TrainSettings.Checkpoint checkpoint = TRAIN.checkpoint();
    long saved = UPDATES / checkpoint.every();
    assertThat((long) checkpoint.keep()).isGreaterThan(saved);
    return "%s, after each %s".formatted(saved, checkpoint.every());
  }
}
