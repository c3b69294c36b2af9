package io.kohaku.image.shard;

import io.kohaku.files.NamedPath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Opens files for reads here and there, which object stores must be told to do well. */
final class RandomAccess {
  private RandomAccess() {}

  static FSDataInputStream open(FileSystem files, Path path) throws IOException {
    try {
      return NamedPath.reading(files)
          .openFile(path)
          .opt("fs.option.openfile.read.policy", "random")
          .opt("fs.s3a.experimental.input.fadvise", "random")
          .build()
          .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("opening " + path);
    } catch (ExecutionException | CompletionException e) {
      throw e.getCause() instanceof IOException cause
          ? cause
          : new IOException("Cannot open " + path + ": " + e.getCause(), e);
    }
  }
}
