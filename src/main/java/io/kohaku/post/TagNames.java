package io.kohaku.post;

import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;

/** Names and categories of all tags of a database, by id, in three flat arrays. */
final class TagNames implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int HIGHEST_ID = 1 << 26;
  private static final UTF8String[] NONE = new UTF8String[0];

  /** Where the name of tag i starts; it ends where that of tag i + 1 does. */
  private final int[] starts;

  private final byte[] categories;
  private final byte[] names;

  private TagNames(int[] starts, byte[] categories, byte[] names) {
    this.starts = starts;
    this.categories = categories;
    this.names = names;
  }

  /** Gathers tags in ascending order of id. */
  static final class Builder {
    private int[] starts = new int[1 << 16];
    private byte[] categories = new byte[1 << 16];
    private int next;
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();

    /**
     * Adds a tag.
     *
     * @param type HakuBooru's code of its category
     */
    void add(long id, byte[] name, int type) {
      if (id < next || id > HIGHEST_ID) {
        throw new IllegalArgumentException(
            "Invalid tag id: %d (must ascend and be at most %d)".formatted(id, HIGHEST_ID));
      }
      TagCategory category = TagCategory.ofHakuBooru(type);
      fillUpTo((int) id);
      starts[next] = names.size();
      categories[next++] = (byte) category.ordinal();
      names.writeBytes(name);
    }

    TagNames build() {
      fillUpTo(next);
      starts[next] = names.size();
      return new TagNames(
          Arrays.copyOf(starts, next + 1), Arrays.copyOf(categories, next), names.toByteArray());
    }

    /** Ids that no tag has get a name without bytes. */
    private void fillUpTo(int id) {
      if (id + 1 >= starts.length) {
        int length = Math.max(id + 2, 2 * starts.length);
        starts = Arrays.copyOf(starts, length);
        categories = Arrays.copyOf(categories, length);
      }
      while (next < id) {
        starts[next] = names.size();
        categories[next++] = -1;
      }
    }
  }

  /** Parts tag ids by category into the draft, keeping their order. */
  void fill(List<Long> ids, PostDraft draft) {
    int[] counts = new int[draft.tags.length];
    for (long id : ids) {
      counts[category(id)]++;
    }
    for (int i = 0; i < counts.length; i++) {
      draft.tags[i] = counts[i] == 0 ? NONE : new UTF8String[counts[i]];
    }
    Arrays.fill(counts, 0);
    for (long id : ids) {
      int category = category(id);
      int start = starts[(int) id];
      draft.tags[category][counts[category]++] =
          UTF8String.fromBytes(names, start, starts[(int) id + 1] - start);
    }
  }

  private int category(long id) {
    if (id < 0 || id >= categories.length || categories[(int) id] < 0) {
      throw new MalformedPostException(
          "Unknown tag id: " + id + " (the tag table has no such row)");
    }
    return categories[(int) id];
  }
}
