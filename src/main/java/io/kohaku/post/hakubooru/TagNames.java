package io.kohaku.post.hakubooru;

import io.kohaku.post.MalformedPostException;
import io.kohaku.post.PostDraft;
import io.kohaku.post.TagCategory;
import io.kohaku.post.TagText;
import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import org.apache.spark.unsafe.types.UTF8String;

/** Names and categories of all tags of a database, by id, in three flat arrays. */
final class TagNames implements Serializable {
  private static final long serialVersionUID = 1L;

  /** An id is a place in the arrays as long as they have no more gaps than this, or one in four. */
  private static final long GAPS = 1 << 20;

  private static final long HIGHEST_PLACE = 1 << 29;
  private static final int FULL = Integer.MAX_VALUE - 16;

  /** Where the name of tag i starts; it ends where that of tag i + 1 does. */
  private final int[] starts;

  private final byte[] categories;
  private final byte[] names;

  /** Ids below this are places themselves. */
  private final int dense;

  /** Places of the tags whose ids are far from one another. */
  private final HashMap<Long, Integer> far;

  /** Why the rows of some tags cannot be used. */
  private final HashMap<Long, String> unusable;

  private TagNames(Builder from) {
    this.starts = Arrays.copyOf(from.starts, from.next + 1);
    this.categories = Arrays.copyOf(from.categories, from.next);
    this.names = from.names.toByteArray();
    this.dense = from.dense;
    this.far = from.far;
    this.unusable = from.unusable;
  }

  /** Gathers tags in ascending order of id. */
  static final class Builder {
    private static final long NONE = -1;

    private int[] starts = new int[1 << 16];
    private byte[] categories = new byte[1 << 16];
    private int next;
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();

    private final HashMap<Long, Integer> far = new HashMap<>();
    private final HashMap<Long, String> unusable = new HashMap<>();
    private long last = -1;
    private int dense;

    /**
     * Adds a row of the table. What is wrong with it is told by the posts that have the tag.
     *
     * @param type HakuBooru's code of its category
     */
    void add(Object id, Object name, Object type) {
      long tag;
      try {
        tag = DatabaseValues.whole("id", id, NONE);
      } catch (MalformedPostException e) {
        return;
      }
      try {
        check(tag);
        last = tag;
        int category = TagCategory.ofHakuBooru(DatabaseValues.whole("type", type, NONE)).ordinal();
        UTF8String text = DatabaseValues.text(name, null);
        if (text == null) {
          throw new MalformedPostException("the tag table gives no name");
        }
        put(tag, TagText.name(text).getBytes(), category);
      } catch (MalformedPostException e) {
        unusable.put(tag, e.getMessage());
      }
    }

    private void check(long tag) {
      if (tag < 0) {
        throw new MalformedPostException("must be at least 0");
      } else if (tag == last) {
        throw new MalformedPostException("the tag table has two such rows");
      } else if (tag < last) {
        throw new IllegalStateException("Cannot add tag " + tag + " behind tag " + last);
      }
    }

    private void put(long id, byte[] name, int category) {
      if (names.size() > FULL - name.length) {
        throw new MalformedPostException("the names of all tags before it fill two gigabytes");
      }
      if (far.isEmpty() && id <= Math.min(GAPS + 4L * next, HIGHEST_PLACE)) {
        fillUpTo((int) id);
        dense = (int) id + 1;
      } else {
        fillUpTo(next);
        far.put(id, next);
      }
      starts[next] = names.size();
      categories[next++] = (byte) category;
      names.writeBytes(name);
    }

    TagNames build() {
      fillUpTo(next);
      starts[next] = names.size();
      return new TagNames(this);
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
    int[] places = new int[ids.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = place(ids.get(i));
      int length = starts[places[i] + 1] - starts[places[i]];
      lengths[categories[places[i]]] += length == 0 ? 0 : length + 1;
    }
    byte[][] texts = new byte[lengths.length][];
    for (int i = 0; i < lengths.length; i++) {
      texts[i] = new byte[Math.max(lengths[i] - 1, 0)];
    }
    Arrays.fill(lengths, 0);
    for (int place : places) {
      int category = categories[place];
      lengths[category] = put(place, texts[category], lengths[category]);
    }
    for (int i = 0; i < texts.length; i++) {
      draft.tags[i] = UTF8String.fromBytes(texts[i]);
    }
  }

  /** Writes a name, behind a space unless it is the first; gives where the text ends now. */
  private int put(int place, byte[] text, int end) {
    int length = starts[place + 1] - starts[place];
    if (length == 0) {
      return end;
    }
    int start = end;
    if (end > 0) {
      text[start++] = ' ';
    }
    System.arraycopy(names, starts[place], text, start, length);
    return start + length;
  }

  /** Where the arrays hold a tag. */
  private int place(long id) {
    String problem = unusable.get(id);
    if (problem != null) {
      throw new MalformedPostException("Invalid tag id: " + id + " (" + problem + ")");
    } else if (id >= 0 && id < dense && categories[(int) id] >= 0) {
      return (int) id;
    }
    Integer place = far.get(id);
    if (place == null) {
      throw new MalformedPostException(
          "Unknown tag id: " + id + " (the tag table has no such row)");
    }
    return place;
  }
}
