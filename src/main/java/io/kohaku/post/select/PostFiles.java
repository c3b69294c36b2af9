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
    List<FileStatus> matches = matching(path, system, hadoop);
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus match : matches) {
      if (match.isFile()) {
        files.add(match);
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

  private static List<FileStatus> matching(String path, FileSystem system, Configuration hadoop)
      throws IOException {
    List<FileStatus> leftAside = new ArrayList<>();
    List<FileStatus> matches =
        PathPattern.matching(
            path,
            hadoop,
            (pattern, match) -> {
              boolean taken = isTaken(system, pattern, match);
              if (!taken) {
                leftAside.add(match);
              }
              return taken;
            });
    if (!leftAside.isEmpty()) {
      LOG.info("Left aside {} matches of {} whose names start with _ or .", leftAside.size(), path);
    }
    if (matches.isEmpty()) {
      String what =
          leftAside.isEmpty() ? "no such file" : "it matches only names that start with _ or .";
      throw new UnusableFileException("Missing posts: " + path + " (" + what + ")");
    }
    return matches;
  }

  /** Wildcards match what is beside the data only if they say so, as those of a shell do. */
  private static boolean isTaken(FileSystem system, String pattern, FileStatus match)
      throws IOException {
    String name = match.getPath().getName();
    if (match.isDirectory() && UNFINISHED.equals("/" + name + "/")) {
      for (FileStatus file : FilesBelow.of(system, match.getPath())) {
        throw unfinished(match.getPath().getParent(), file);
      }
    }
    return !MarkerNames.holds(name) || pattern.startsWith(name.substring(0, 1));
  }

  private static UnusableFileException unfinished(Path folder, FileStatus file) {
    return new UnusableFileException(
        "Cannot read posts %s: %s is of a job that has not finished (let it finish, or remove the folder _temporary)"
            .formatted(folder, file.getPath()));
  }

  private static void addFolder(FileSystem system, Path folder, List<FileStatus> files)
      throws IOException {
    int before = files.size();
    List<FileStatus> all = FilesBelow.of(system, folder);
    String root = folder.toUri().getPath();
    for (FileStatus file : all) {
      String within = file.getPath().toUri().getPath().substring(root.length());
      if (within.contains(UNFINISHED)) {
        throw unfinished(folder, file);
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
