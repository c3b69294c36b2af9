package io.kohaku.post.select;

import io.kohaku.files.FilesBelow;
import io.kohaku.files.NamedPath;
import io.kohaku.files.PathPattern;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The files that {@code posts.path} names, sorted by path. */
final class PostFiles {
  private PostFiles() {}

  /**
   * Files of a file, folder or pattern; names that start with {@code _} or {@code .} are passed
   * over.
   *
   * @throws IOException {@code Missing posts} if there is no file or all are empty
   */
  static List<FileStatus> of(String path, Configuration hadoop) throws IOException {
    if (path.isBlank()) {
      throw new IOException("Missing posts: set posts.path to a file, a folder or a pattern");
    }
    FileSystem system = NamedPath.of(path).getFileSystem(hadoop);
    List<FileStatus> matches = PathPattern.matching(path, hadoop);
    if (matches.isEmpty()) {
      throw new IOException("Missing posts: " + path + " (no such file)");
    }
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus match : matches) {
      if (match.isFile()) {
        files.add(match);
      } else {
        addFolder(system, match.getPath(), files);
      }
    }
    if (files.stream().mapToLong(FileStatus::getLen).sum() == 0) {
      String what = files.isEmpty() ? "the folder holds no file" : "the file is empty";
      throw new IOException("Missing posts: " + path + " (" + what + ")");
    }
    files.sort(Comparator.comparing(file -> file.getPath().toString()));
    return files;
  }

  private static void addFolder(FileSystem system, Path folder, List<FileStatus> files)
      throws IOException {
    for (FileStatus file : FilesBelow.of(system, folder)) {
      if (!hidden(folder, file.getPath())) {
        files.add(file);
      }
    }
  }

  private static boolean hidden(Path folder, Path file) {
    int depth = file.depth() - folder.depth();
    Path at = file;
    for (int i = 0; i < depth; i++) {
      if (at.getName().startsWith("_") || at.getName().startsWith(".")) {
        return true;
      }
      at = at.getParent();
    }
    return false;
  }
}
