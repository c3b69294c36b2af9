package io.kohaku.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;

/**
 * Patterns of paths, {@code *}, {@code ?}, {@code [a-z]} and {@code {a,b}}, as Hadoop reads them.
 *
 * <p>Hadoop's own {@code globStatus} fails where a folder holds any name with a colon, and takes
 * the folders above for patterns too.
 */
public final class PathPattern {
  private static final Pattern WILD = Pattern.compile(".*[*?\\[{\\\\].*", Pattern.DOTALL);

  private PathPattern() {}

  /** Which files and folders are taken of those that a pattern, not a plain name, matches. */
  public interface Choice {
    boolean takes(String pattern, FileStatus match) throws IOException;
  }

  /** What a pattern stands for: what has this very name, else all that it matches, by path. */
  public static List<FileStatus> matching(String text, Configuration hadoop) throws IOException {
    return matching(text, hadoop, (name, match) -> true);
  }

  /** The same of those alone that a choice lets pass, be they what it stands for or above that. */
  public static List<FileStatus> matching(String text, Configuration hadoop, Choice choice)
      throws IOException {
    Path path = NamedPath.of(text);
    FileSystem files = LocalCopy.fileSystem(path, hadoop);
    List<FileStatus> found = NamedPath.existing(files, path);
    if (!found.isEmpty() || !WILD.matcher(text).matches()) {
      return found;
    }
    List<FileStatus> all = new ArrayList<>();
    for (String expanded : GlobExpander.expand(text)) {
      Path pattern = NamedPath.of(expanded);
      List<String> names = new ArrayList<>();
      Path folder = pattern;
      for (Path at = pattern; at != null && !at.getName().isEmpty(); at = at.getParent()) {
        names.add(0, at.getName());
        folder = at.getParent();
      }
      all.addAll(below(files, folder == null ? new Path(".") : folder, names, choice));
    }
    all.sort(Comparator.comparing(FileStatus::getPath));
    return all;
  }

  /**
   * What lies below a folder, whatever that is called, under names that match.
   *
   * @param names a pattern for each step down
   */
  public static List<FileStatus> below(FileSystem files, Path folder, List<String> names)
      throws IOException {
    return below(files, folder, names, (name, match) -> true);
  }

  private static List<FileStatus> below(
      FileSystem files, Path folder, List<String> names, Choice choice) throws IOException {
    String name = names.get(0);
    List<FileStatus> found = new ArrayList<>();
    if (WILD.matcher(name).matches()) {
      GlobFilter filter = new GlobFilter(name);
      DanglingLinks.refuse(files, folder, filter::accept);
      for (FileStatus status : listed(files, folder)) {
        if (filter.accept(status.getPath()) && choice.takes(name, status)) {
          found.add(status);
        }
      }
    } else {
      found.addAll(NamedPath.existing(files, new Path(folder, NamedPath.of(name))));
    }
    if (names.size() == 1) {
      return found;
    }
    List<FileStatus> deeper = new ArrayList<>();
    for (FileStatus status : found) {
      if (status.isDirectory()) {
        deeper.addAll(below(files, status.getPath(), names.subList(1, names.size()), choice));
      }
    }
    return deeper;
  }

  private static List<FileStatus> listed(FileSystem files, Path folder) throws IOException {
    try {
      return List.of(files.listStatus(folder));
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }
}
