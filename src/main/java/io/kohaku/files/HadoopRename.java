package io.kohaku.files;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/** Gives files of any Hadoop file system their names once they are whole. */
public final class HadoopRename {
  /**
   * Here a rename replaces a file in one step, and a file is seen while it is written. Elsewhere,
   * as in object stores, a rename is a copy, and a finished write appears whole under its name.
   */
  private static final Set<String> RENAMES_IN_ONE_STEP =
      Set.of("file", "hdfs", "viewfs", "ofs", "abfs", "abfss");

  private HadoopRename() {}

  /** Writes a file, or writes it anew, so that it appears in one step. */
  public static void write(Path target, byte[] content, Configuration hadoop) throws IOException {
    FileSystem files = target.getFileSystem(hadoop);
    if (!RENAMES_IN_ONE_STEP.contains(files.makeQualified(target).toUri().getScheme())) {
      write(files, target, content);
      return;
    }
    Path staged = new Path(target.getParent(), "_" + target.getName() + "." + UUID.randomUUID());
    write(files, staged, content);
    FileContext.getFileContext(target.toUri(), hadoop)
        .rename(staged, target, Options.Rename.OVERWRITE);
  }

  private static void write(FileSystem files, Path file, byte[] content) throws IOException {
    try (OutputStream out = files.create(file, true)) {
      out.write(content);
    }
  }

  /** Names a whole file; one that has the name already is removed first. */
  public static void replace(FileSystem files, Path whole, Path target) throws IOException {
    files.delete(target, false);
    if (!files.rename(whole, target)) {
      throw failure(whole, target);
    }
  }

  /** Names a whole file, unless another has the name already: then that one stays. */
  public static void keepFirst(FileSystem files, Path whole, Path target) throws IOException {
    if (!files.exists(target) && !files.rename(whole, target) && !files.exists(target)) {
      throw failure(whole, target);
    }
  }

  private static IOException failure(Path whole, Path target) {
    return new IOException("Cannot rename " + whole + " to " + target);
  }
}
