package io.kohaku.post.json;

import io.kohaku.files.NamedPath;
import java.io.BufferedInputStream;
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
 * A stretch of a text file that one task reads; compressed files are not cut.
 *
 * @param path the file
 * @param start first byte
 * @param end byte after the last
 */
record TextSplit(String path, long start, long end) implements Serializable {

  /** Cuts a file. */
  static List<TextSplit> of(FileStatus file, long splitBytes, Configuration hadoop) {
    String path = file.getPath().toString();
    if (new CompressionCodecFactory(hadoop).getCodec(file.getPath()) != null) {
      return List.of(new TextSplit(path, 0, Long.MAX_VALUE));
    }
    List<TextSplit> splits = new ArrayList<>();
    for (long start = 0; start < file.getLen(); start += splitBytes) {
      splits.add(new TextSplit(path, start, Math.min(start + splitBytes, file.getLen())));
    }
    return splits;
  }

  /** The lines of the split. */
  LineReader open(Configuration hadoop, int maxLine) throws IOException {
    Path file = new Path(path);
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    FSDataInputStream in = NamedPath.reading(file.getFileSystem(hadoop)).open(file);
    try {
      if (start > 0) {
        in.seek(start - 1);
      }
      InputStream text = codec == null ? in : codec.createInputStream(new BufferedInputStream(in));
      return new LineReader(text, start, end, maxLine);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }
}
