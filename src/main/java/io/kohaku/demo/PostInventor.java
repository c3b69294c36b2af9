package io.kohaku.demo;

import io.kohaku.demo.scene.DemoPost;
import io.kohaku.demo.scene.Fate;
import io.kohaku.demo.scene.Scene;
import io.kohaku.demo.scene.SceneDirector;
import io.kohaku.demo.scene.SceneTags;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.settings.DemoSettings;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Invents the posts: ids over the card's bands, dates that rise with ids, and a fate for each. */
final class PostInventor {
  /** The last three digits of every id, so that a handful of shards holds all pictures. */
  static final int[] SHARDS = {3, 141, 592, 999};

  /**
   * Upper ends of the bands of ids; above the third, posts are too fresh to be rated by quality.
   */
  private static final int[] BANDS = {0, 3_000_000, 5_000_000, 7_000_000, 7_200_000};

  private static final double[] BAND_SHARES = {0.35, 0.3, 0.28, 0.07};
  private static final double[] RATIOS = {
    1, 1, 2 / 3.0, 3 / 4.0, 4 / 3.0, 3 / 2.0, 9 / 16.0, 16 / 9.0, 1 / 2.0, 2
  };
  private static final List<String> RATINGS = List.of("g", "s", "q", "e");
  private static final double[] RATING_SHARES = {0.3, 0.4, 0.16, 0.14};
  private static final double[] MEDIAN_FAVOURITES = {8, 15, 38, 52};
  private static final List<String> META =
      List.of("highres", "absurdres", "commentary_request", "bad_id", "scan", "translated");

  private static final NavigableMap<Integer, LocalDate> DATES =
      new TreeMap<>(
          Map.of(
              0, LocalDate.of(2005, 5, 24),
              1_000_000, LocalDate.of(2011, 9, 1),
              3_000_000, LocalDate.of(2018, 2, 1),
              5_000_000, LocalDate.of(2022, 1, 10),
              7_200_000, LocalDate.of(2024, 2, 20)));

  private final DemoSettings settings;
  private final SeededStream random;

  PostInventor(DemoSettings settings) {
    this.settings = settings;
    this.random = SeededStream.of(Purpose.DEMO_POSTS, settings.seed());
  }

  /** All posts, by rising id. */
  List<DemoPost> posts() {
    List<Fate> fates = fates();
    TreeSet<Long> ids = new TreeSet<>();
    while (ids.size() < settings.posts()) {
      ids.add(id(pick(BAND_SHARES)));
    }
    List<DemoPost> posts = new ArrayList<>();
    for (long id : ids) {
      posts.add(post(id, fates.get(posts.size())));
    }
    return posts;
  }

  private List<Fate> fates() {
    List<Fate> fates = new ArrayList<>();
    for (Fate fate : Fate.values()) {
      int count = fate == Fate.KEPT ? 0 : fate.count(settings.posts());
      for (int i = 0; i < count; i++) {
        fates.add(fate);
      }
    }
    while (fates.size() < settings.posts()) {
      fates.add(Fate.KEPT);
    }
    random.shuffle(fates);
    return fates;
  }

  private long id(int band) {
    int thousands = (BANDS[band + 1] - BANDS[band]) / 1000;
    return BANDS[band] + 1000L * random.nextInt(thousands) + SHARDS[random.nextInt(SHARDS.length)];
  }

  private DemoPost post(long id, Fate fate) {
    Scene scene = new SceneDirector(random).next();
    int rating = pick(RATING_SHARES);
    double ratio = RATIOS[random.nextInt(RATIOS.length)];
    double side = settings.side() * (0.7 + 0.8 * random.nextDouble());
    String extension = fate == Fate.KEPT && random.nextDouble() < 0.35 ? "png" : fate.extension();
    return new DemoPost(
        id,
        fate,
        date(id),
        RATINGS.get(rating).charAt(0),
        favourites(MEDIAN_FAVOURITES[rating]),
        extension,
        (int) Math.round(side * Math.sqrt(ratio)),
        (int) Math.round(side / Math.sqrt(ratio)),
        scene,
        SceneTags.of(scene, meta(fate)));
  }

  private OffsetDateTime date(long id) {
    int key = (int) id;
    int before = DATES.floorKey(key);
    int after = DATES.higherKey(key);
    long days = ChronoUnit.DAYS.between(DATES.get(before), DATES.get(after));
    double at = (double) (key - before) / (after - before);
    return DATES
        .get(before)
        .plusDays((long) (days * at))
        .atTime(random.nextInt(24), random.nextInt(60), random.nextInt(60))
        .plusNanos(random.nextInt(1000) * 1_000_000L)
        .atOffset(ZoneOffset.ofHours(-5));
  }

  /** Log-normal about the rating's median, wide enough that every quality class occurs. */
  private int favourites(double median) {
    double normal = 0;
    for (int i = 0; i < 12; i++) {
      normal += random.nextDouble();
    }
    return (int) Math.floor(median * Math.exp(1.3 * (normal - 6)));
  }

  private List<String> meta(Fate fate) {
    List<String> tags = new ArrayList<>();
    for (String tag : META) {
      if (random.nextDouble() < 0.25) {
        tags.add(tag);
      }
    }
    if (!fate.still()) {
      tags.add("animated");
    }
    return tags;
  }

  private int pick(double[] shares) {
    double draw = random.nextDouble();
    for (int i = 0; i < shares.length - 1; i++) {
      draw -= shares[i];
      if (draw < 0) {
        return i;
      }
    }
    return shares.length - 1;
  }
}
