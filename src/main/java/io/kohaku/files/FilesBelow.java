package io.kohaku.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * All files below a folder, however deep.
 *
 * <p>An object store lists them in one go. On the local file system the same call starts the
 * program {@code ls} once for each file, for rights that nobody asks for; there it is done folder
 * by folder.
 */
public final class FilesBelow {
  private FilesBelow() {}

  /**
   * The files, in no order; of a file itself alone.
   *
   * @throws FileNotFoundException if nothing is there
   * @throws io.kohaku.input.UnusableFileException if a link leads nowhere
   */
  public static List<FileStatus> of(FileSystem files, Path root) throws IOException {
    List<FileStatus> found = new ArrayList<>();
    if (!(files instanceof LocalFileSystem)) {
      RemoteIterator<LocatedFileStatus> all = files.listFiles(root, true);
      while (all.hasNext()) {
        found.add(all.next());
      }
      return found;
    }
    Deque<Path> folders = new ArrayDeque<>(List.of(root));
    while (!folders.isEmpty()) {
      Path folder = folders.pop();
      DanglingLinks.refuse(files, folder, link -> true);
      for (FileStatus status : files.listStatus(folder)) {
        if (status.isDirectory()) {
          folders.push(status.getPath());
        } else {
          found.add(status);
        }
      }
    }
    return found;
  }
}
