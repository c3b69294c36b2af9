package io.kohaku.post.screen;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.spark.sql.catalyst.InternalRow;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/** A set of post ids in compressed bits: about a megabyte for eight million. */
public final class IdSet implements Externalizable {
  private static final long serialVersionUID = 1L;

  private final Roaring64Bitmap bits = new Roaring64Bitmap();

  /** An empty set. */
  public IdSet() {}

  /** The ids in the first column of some rows. */
  public static Iterator<IdSet> ofFirstColumn(Iterator<InternalRow> rows) {
    IdSet ids = new IdSet();
    rows.forEachRemaining(row -> ids.add(row.getLong(0)));
    return List.of(ids).iterator();
  }

  /** Adds one id. */
  public void add(long id) {
    bits.addLong(id);
  }

  /** Adds all ids from {@code from} up to and without {@code until}. */
  public void addRange(long from, long until) {
    bits.addRange(from, until);
  }

  /** Adds all ids of the other set, and returns this one. */
  public IdSet addAll(IdSet other) {
    bits.or(other.bits);
    return this;
  }

  /** Whether the id is in the set. */
  public boolean contains(long id) {
    return bits.contains(id);
  }

  /** How many ids there are. */
  public long size() {
    return bits.getLongCardinality();
  }

  /** Gives all ids in ascending order. */
  public void forEach(LongConsumer consumer) {
    bits.forEach(consumer::accept);
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    bits.runOptimize();
    bits.serialize(out);
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    bits.deserialize(in);
  }
}
