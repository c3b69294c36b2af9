package io.kohaku.post.json;

import io.kohaku.files.NamedPath;
import io.kohaku.input.Appearance;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.unpack.Packing;
import io.kohaku.post.unpack.StoredBytes;
import io.kohaku.post.unpack.Unpacking;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/**
 * A stretch of a text file that one task reads; packed files and arrays are not cut.
 *
 * @param path the file
 * @param start first byte
 * @param end byte after the last
 */
record TextSplit(String path, long start, long end) implements Serializable {

  private static final long WHOLE = Long.MAX_VALUE;

  /**
   * Cuts a file.
   *
   * @throws UnusableFileException if there are no posts in it as far as its first bytes tell
   */
  static List<TextSplit> of(FileStatus file, long splitBytes, Configuration hadoop)
      throws IOException {
    String path = file.getPath().toString();
    byte[] head = head(file.getPath(), hadoop);
    JsonForm form = JsonForm.of(head);
    if (form == JsonForm.NOTHING) {
      return List.of();
    } else if (form == JsonForm.VALUES || Packing.of(head) != Packing.NONE) {
      return List.of(new TextSplit(path, 0, WHOLE));
    } else if (form == JsonForm.OTHER) {
      if (codec(file.getPath(), head, hadoop) == null) {
        throw UnusableFileException.of(path, "posts", Appearance.of(head));
      }
      return List.of(new TextSplit(path, 0, WHOLE));
    }
    List<TextSplit> splits = new ArrayList<>();
    for (long start = 0; start < file.getLen(); start += splitBytes) {
      splits.add(new TextSplit(path, start, Math.min(start + splitBytes, file.getLen())));
    }
    return splits;
  }

  /** The texts of the split's posts. */
  JsonTexts open(Configuration hadoop, int longest) throws IOException {
    Path file = new Path(path);
    CompressionCodec codec = end == WHOLE ? codec(file, head(file, hadoop), hadoop) : null;
    FSDataInputStream in = NamedPath.open(file, hadoop);
    try {
      if (end == WHOLE) {
        StoredBytes stored = new StoredBytes(in);
        InputStream packed = codec == null ? stored : codec.createInputStream(stored);
        return new UnpackedTexts(path, stored, packed, longest);
      }
      if (start > 0) {
        in.seek(start - 1);
      }
      return new LineReader(in, start, end, longest);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** The codec of a file's name, if its bytes do not tell what it is, as those of some do not. */
  private static CompressionCodec codec(Path file, byte[] head, Configuration hadoop) {
    return Appearance.of(head) == Appearance.UNKNOWN && Packing.of(head) == Packing.NONE
        ? new CompressionCodecFactory(hadoop).getCodec(file)
        : null;
  }

  private static byte[] head(Path file, Configuration hadoop) throws IOException {
    try (FSDataInputStream in = NamedPath.open(file, hadoop)) {
      return in.readNBytes(Unpacking.HEAD);
    }
  }
}
