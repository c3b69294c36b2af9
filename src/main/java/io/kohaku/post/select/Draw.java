package io.kohaku.post.select;

import io.kohaku.post.screen.IdSet;
import io.kohaku.random.Purpose;
import io.kohaku.random.SeededStream;
import io.kohaku.settings.posts.BandSettings;
import io.kohaku.settings.posts.DrawMode;
import io.kohaku.settings.posts.PostSettings;
import java.util.Arrays;

/**
 * Which ids are drawn: a pure function of the settings and of the set of all ids.
 *
 * <p>{@code without-replacement} takes the ids with the smallest hashes of (purpose, seed, id),
 * which is exactly as many as asked for since the hash of a fixed seed never maps two ids to one
 * value. {@code card} replays {@code random.choices} of the published script over the ids of each
 * band in ascending order; an id drawn twice counts once.
 */
final class Draw {
  private static final int LEADING_BITS = 16;

  private final PostSettings settings;

  Draw(PostSettings settings) {
    this.settings = settings;
  }

  /** Whether the ids decide at all; if not, every id of a band is drawn. */
  boolean needsIds() {
    return settings.bands().stream().anyMatch(band -> band.take().isPresent());
  }

  /** The drawn ids among all ids. */
  IdSet of(IdSet all) {
    IdSet drawn = new IdSet();
    PythonRandom random =
        settings.mode() == DrawMode.CARD ? new PythonRandom(settings.seed()) : null;
    for (BandSettings band : settings.bands()) {
      long[] ids = inside(band, all);
      if (band.take().isEmpty()) {
        add(ids, drawn);
      } else if (random == null) {
        smallestHashes(ids, band.take().get(), drawn);
      } else {
        choices(random, ids, band.take().get(), drawn);
      }
    }
    return drawn;
  }

  private static long[] inside(BandSettings band, IdSet all) {
    long[] ids = new long[Math.toIntExact(all.size())];
    int[] count = {0};
    all.forEach(
        id -> {
          if (band.holds(id)) {
            ids[count[0]++] = id;
          }
        });
    return Arrays.copyOf(ids, count[0]);
  }

  private void smallestHashes(long[] ids, long take, IdSet drawn) {
    if (take >= ids.length) {
      add(ids, drawn);
      return;
    }
    long[] hashes = new long[ids.length];
    Arrays.setAll(hashes, i -> SeededStream.seed(Purpose.SELECTION, settings.seed(), ids[i]));
    long greatest = take > 0 ? smallest(hashes, (int) take) : 0;
    for (int i = 0; i < ids.length; i++) {
      if (take > 0 && hashes[i] <= greatest) {
        drawn.add(ids[i]);
      }
    }
  }

  /**
   * The value at a place, from 1, of the sorted values: only those that share its bits are sorted.
   */
  private static long smallest(long[] values, int place) {
    int[] counts = new int[1 << LEADING_BITS];
    for (long value : values) {
      counts[leading(value)]++;
    }
    int bits = 0;
    int before = 0;
    while (before + counts[bits] < place) {
      before += counts[bits++];
    }
    int wanted = bits;
    long[] alike = Arrays.stream(values).filter(value -> leading(value) == wanted).toArray();
    Arrays.sort(alike);
    return alike[place - before - 1];
  }

  /** The first bits of a value, in the order of values. */
  private static int leading(long value) {
    return (int) ((value ^ Long.MIN_VALUE) >>> (Long.SIZE - LEADING_BITS));
  }

  private static void choices(PythonRandom random, long[] ids, long take, IdSet drawn) {
    for (long i = 0; i < take && ids.length > 0; i++) {
      drawn.add(ids[(int) random.nextChoice(ids.length)]);
    }
  }

  private static void add(long[] ids, IdSet drawn) {
    for (long id : ids) {
      drawn.add(id);
    }
  }
}
