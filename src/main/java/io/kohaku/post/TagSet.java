package io.kohaku.post;

import io.kohaku.rows.ByteScan;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A few names that every tag of every post is compared with.
 *
 * <p>First byte and length tell nearly all strangers apart, without hashing them.
 */
public final class TagSet {
  private static final int LONGEST = Long.SIZE - 1;

  private final Set<UTF8String> names = new HashSet<>();

  /** For each first byte, the lengths that occur: bit n for n bytes, the last one for more. */
  private final long[] lengths = new long[1 << Byte.SIZE];

  /** A set of these names. */
  public TagSet(Collection<String> names) {
    for (String name : names) {
      UTF8String text = UTF8String.fromString(name);
      if (text.numBytes() > 0) {
        this.names.add(text);
        lengths[Byte.toUnsignedInt(text.getBytes()[0])] |= bit(text.numBytes());
      }
    }
  }

  /** Whether there are no names. */
  public boolean isEmpty() {
    return names.isEmpty();
  }

  /** Whether the set holds the name that stands in these bytes, which is not empty. */
  public boolean contains(byte[] bytes, int start, int length) {
    return (lengths[Byte.toUnsignedInt(bytes[start])] & bit(length)) != 0
        && names.contains(UTF8String.fromBytes(bytes, start, length));
  }

  /** The first of a {@link TagText}'s names that the set holds. */
  public Optional<UTF8String> first(UTF8String text) {
    ByteBuffer buffer = text.getByteBuffer();
    byte[] bytes = buffer.array();
    int start = buffer.arrayOffset() + buffer.position();
    int end = start + text.numBytes();
    while (start < end) {
      int space = ByteScan.indexOf(bytes, start, end, ' ');
      if (space > start && contains(bytes, start, space - start)) {
        return Optional.of(UTF8String.fromBytes(bytes, start, space - start));
      }
      start = space + 1;
    }
    return Optional.empty();
  }

  private static long bit(int length) {
    return 1L << Math.min(length, LONGEST);
  }
}
