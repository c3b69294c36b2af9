package io.kohaku.image;

import io.kohaku.random.SeededStream;
import java.io.Serializable;
import org.apache.hadoop.fs.FileStatus;

/**
 * One archive, or one folder of plain image files, as the listing found it.
 *
 * @param path full path with its file system's scheme
 * @param archive whether it is a tar archive
 * @param length bytes; 0 for a folder
 * @param stamp changes when the archive does: made from its length and time of change
 * @param rank its place in the order in which a post's image is looked for
 */
record ShardSource(String path, boolean archive, long length, long stamp, int rank)
    implements Serializable {

  /** A number that stands for this state of a file. */
  static long stamp(FileStatus file) {
    return SeededStream.seed(file.getLen(), file.getModificationTime());
  }
}
