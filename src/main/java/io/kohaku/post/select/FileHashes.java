package io.kohaku.post.select;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.unsafe.types.UTF8String;

/** 64-bit hashes of the files of some posts: eight bytes each. */
final class FileHashes implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long SEED = 42;

  private long[] hashes = new long[16];
  private int size;

  /** The hash of a file, by its md5. */
  static long of(UTF8String md5) {
    return XXH64.hashUTF8String(md5, SEED);
  }

  void add(long hash) {
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * size);
    }
    hashes[size++] = hash;
  }

  void addAll(FileHashes other) {
    hashes = Arrays.copyOf(hashes, Math.max(size + other.size, hashes.length));
    System.arraycopy(other.hashes, 0, hashes, size, other.size);
    size += other.size;
  }

  /** Whether a file occurs twice, or two files have the same hash, which costs no more. */
  boolean repeat() {
    long[] sorted = Arrays.copyOf(hashes, size);
    Arrays.sort(sorted);
    for (int i = 1; i < size; i++) {
      if (sorted[i] == sorted[i - 1]) {
        return true;
      }
    }
    return false;
  }
}
