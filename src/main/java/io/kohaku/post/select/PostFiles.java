package io.kohaku.post.select;

import io.kohaku.files.FilesBelow;
import io.kohaku.files.NamedPath;
import io.kohaku.files.PathPattern;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.unpack.MarkerNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files that {@code posts.path} names, sorted by path. */
final class PostFiles {
  private static final Logger LOG = LoggerFactory.getLogger(PostFiles.class);

  /** What a job of Spark or Hadoop writes lies there until all of it is written. */
  private static final String UNFINISHED = "/_temporary/";

  private PostFiles() {}

  /**
   * Files of a file, folder or pattern; names that start with {@code _} or {@code .} are passed
   * over.
   *
   * @param mayBeEmpty whether there may be no file, or only empty ones
   * @throws UnusableFileException {@code Missing posts} if nothing is there, or nothing in it
   */
  static List<FileStatus> of(String path, boolean mayBeEmpty, Configuration hadoop)
      throws IOException {
    if (path.isBlank()) {
      throw new UnusableFileException(
          "Missing posts: set posts.path to a file, a folder or a pattern");
    }
    FileSystem system = NamedPath.of(path).getFileSystem(hadoop);
    List<FileStatus> matches = PathPattern.matching(path, hadoop);
    if (matches.isEmpty()) {
      throw new UnusableFileException("Missing posts: " + path + " (no such file)");
    }
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus match : matches) {
      if (match.isFile()) {
        if (match.getPath().getName().equals(NamedPath.of(path).getName())
            || !MarkerNames.holds(match.getPath().getName())) {
          files.add(match);
        }
      } else {
        addFolder(system, match.getPath(), files);
      }
    }
    if (!mayBeEmpty && files.stream().mapToLong(FileStatus::getLen).sum() == 0) {
      String what = files.isEmpty() ? "the folder holds no file" : "the file is empty";
      throw new UnusableFileException("Missing posts: " + path + " (" + what + ")");
    }
    files.sort(Comparator.comparing(file -> file.getPath().toString()));
    return files;
  }

  private static void addFolder(FileSystem system, Path folder, List<FileStatus> files)
      throws IOException {
    int before = files.size();
    List<FileStatus> all = FilesBelow.of(system, folder);
    String root = folder.toUri().getPath();
    for (FileStatus file : all) {
      String within = file.getPath().toUri().getPath().substring(root.length());
      if (within.contains(UNFINISHED)) {
        throw new UnusableFileException(
            "Cannot read posts %s: %s is of a job that has not finished (let it finish, or remove the folder _temporary)"
                .formatted(folder, file.getPath()));
      } else if (!MarkerNames.holds(within)) {
        files.add(file);
      }
    }
    int leftAside = all.size() - (files.size() - before);
    if (leftAside > 0) {
      LOG.info("Left aside {} files in {} whose names start with _ or .", leftAside, folder);
    }
  }
}
