package io.kohaku.post.hakubooru;

import io.kohaku.post.MalformedPostException;
import io.kohaku.post.PostDraft;
import io.kohaku.post.TagCategory;
import io.kohaku.post.TagText;
import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;

/** Names and categories of all tags of a database, by id, in three flat arrays. */
final class TagNames implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int HIGHEST_ID = 1 << 26;

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
            "Invalid tag id: %s (must ascend and be at most %s)".formatted(id, HIGHEST_ID));
      }
      TagCategory category = TagCategory.ofHakuBooru(type);
      fillUpTo((int) id);
      starts[next] = names.size();
      categories[next++] = (byte) category.ordinal();
      names.writeBytes(TagText.name(UTF8String.fromBytes(name)).getBytes());
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
    int[] lengths = new int[draft.tags.length];
    for (long id : ids) {
      int length = starts[(int) id + 1] - starts[(int) id];
      lengths[category(id)] += length == 0 ? 0 : length + 1;
    }
    byte[][] texts = new byte[lengths.length][];
    for (int i = 0; i < lengths.length; i++) {
      texts[i] = new byte[Math.max(lengths[i] - 1, 0)];
    }
    Arrays.fill(lengths, 0);
    for (long id : ids) {
      int category = category(id);
      lengths[category] = put((int) id, texts[category], lengths[category]);
    }
    for (int i = 0; i < texts.length; i++) {
      draft.tags[i] = UTF8String.fromBytes(texts[i]);
    }
  }

  /** Writes a name, behind a space unless it is the first; gives where the text ends now. */
  private int put(int id, byte[] text, int end) {
    int length = starts[id + 1] - starts[id];
    if (length == 0) {
      return end;
    }
    int start = end;
    if (end > 0) {
      text[start++] = ' ';
    }
    System.arraycopy(names, starts[id], text, start, length);
    return start + length;
  }

  private int category(long id) {
    if (id < 0 || id >= categories.length || categories[(int) id] < 0) {
      throw new MalformedPostException(
          "Unknown tag id: " + id + " (the tag table has no such row)");
    }
    return categories[(int) id];
  }
}
