package io.kohaku.image.shard;

import java.io.Serializable;
import java.util.SplittableRandom;
import org.apache.hadoop.fs.FileStatus;

/**
 * Where the bytes of one image lie.
 *
 * @param shard the archive or plain file
 * @param offset of the first byte
 * @param length in bytes
 * @param stamp changes when the shard does
 */
public record ImageSource(String shard, long offset, long length, long stamp)
    implements Serializable {

  /** All bytes of a plain file. */
  public static ImageSource wholeFile(FileStatus file) {
    return new ImageSource(file.getPath().toString(), 0, file.getLen(), stamp(file));
  }

  /**
   * A number that stands for a file's state: a hash of its length and time of change. Indexes keep
   * it, so it stays as it is.
   */
  static long stamp(FileStatus file) {
    return mixed(mixed(mixed(2) ^ file.getLen()) ^ file.getModificationTime());
  }

  /** SplitMix64 of one number. */
  private static long mixed(long number) {
    return new SplittableRandom(number).nextLong();
  }
}
