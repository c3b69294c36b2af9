package io.kohaku.image.shard;

import io.kohaku.random.SeededStream;
import java.io.Serializable;
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

  /** A number that stands for a file's state: made from its length and time of change. */
  static long stamp(FileStatus file) {
    return SeededStream.seed(file.getLen(), file.getModificationTime());
  }
}
