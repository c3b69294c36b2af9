package io.kohaku.engine;

import io.kohaku.digest.Sha256;
import io.kohaku.files.LocalCopy;
import io.kohaku.files.NamedPath;
import io.kohaku.files.PathPattern;
import io.kohaku.provenance.FileListing;
import io.kohaku.provenance.KnownFiles;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.MissingManifestException;
import io.kohaku.provenance.StageFolder;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * The folder that holds every stage's folder, and the way to what lies outside of it.
 *
 * @param root the folder, of any Hadoop file system
 * @param hadoop how to reach file systems
 * @param reckoning by what inputs are known
 */
public record Workspace(Path root, Configuration hadoop, Reckoning reckoning) {
  private static final String KNOWN_FILES = "known-files.json";

  /** By what inputs are known. */
  public enum Reckoning {
    /** By what they tell. */
    CONTENT,
    /** As manifests of revision 0 knew them: weights by size and time, stages by all they wrote. */
    FORMER
  }

  /** Inputs are known by what they tell. */
  public Workspace(Path root, Configuration hadoop) {
    this(root, hadoop, Reckoning.CONTENT);
  }

  /** The same, for comparing with manifests of revision 0. */
  Workspace formerly() {
    return new Workspace(root, hadoop, Reckoning.FORMER);
  }

  /** The folder of one stage. */
  public StageFolder stage(String name) throws IOException {
    return StageFolder.at(new Path(root, name), hadoop);
  }

  /**
   * A published stage.
   *
   * @throws SettingsException if it has not run yet
   */
  public Manifest published(String stage) throws IOException {
    try {
      return stage(stage).require();
    } catch (MissingManifestException e) {
      throw runFirst(stage, e);
    }
  }

  private static SettingsException runFirst(String stage, MissingManifestException missing) {
    return new SettingsException(missing.getMessage() + " (run the job " + stage + " first)");
  }

  /** Whether a stage has been published here. */
  public boolean isPublished(String stage) throws IOException {
    return stage(stage).manifest().isPresent();
  }

  /**
   * Outputs of a published stage as an input of another, known by what they tell. Whether they are
   * still whole shows when they are read.
   */
  public Manifest.Input input(String stage, String... outputs) throws IOException {
    StageFolder folder = stage(stage);
    try {
      Manifest published = folder.requireManifest();
      String digest =
          reckoning == Reckoning.FORMER ? published.formerDigest() : published.digest(outputs);
      return new Manifest.Input(folder.path().toString(), digest);
    } catch (MissingManifestException e) {
      throw runFirst(stage, e);
    }
  }

  /** Where one output of a published stage lies. */
  public Path output(String stage, String output) throws IOException {
    return new Path(stage(stage).path(), published(stage).output(output).path());
  }

  /** A file or folder that the user names, as an input: known by sizes and times. */
  private Manifest.Input source(String path) throws IOException {
    Path source = NamedPath.of(path);
    return source(source, NamedPath.existing(source.getFileSystem(hadoop), source));
  }

  /** All that a pattern stands for, as an input: known by names, sizes and times. */
  public Manifest.Input pattern(String pattern) throws IOException {
    return source(NamedPath.of(pattern), PathPattern.matching(pattern, hadoop));
  }

  private Manifest.Input source(Path named, List<FileStatus> found) throws IOException {
    FileSystem files = named.getFileSystem(hadoop);
    List<String> digests = new ArrayList<>();
    for (FileStatus match : found) {
      digests.add(FileListing.under(files, match.getPath()).quickDigest());
    }
    return new Manifest.Input(files.makeQualified(named).toString(), Sha256.ofAll(digests));
  }

  /** The same for tables that hold paths: what lies elsewhere now is another input. */
  public Manifest.Input place(String path) throws IOException {
    Manifest.Input source = source(path);
    return reckoning == Reckoning.FORMER
        ? source
        : new Manifest.Input(source.path(), Sha256.ofAll(List.of(source.path(), source.digest())));
  }

  /**
   * Weights, a tokenizer or another file or folder as an input: known by content alone.
   *
   * @param names of the files of a folder that count; all if none is given
   */
  public Manifest.Input content(String path, String... names) throws IOException {
    if (reckoning == Reckoning.FORMER) {
      return source(path);
    }
    Path place = NamedPath.of(path);
    FileSystem files = place.getFileSystem(hadoop);
    return new Manifest.Input(
        files.makeQualified(place).toString(),
        new KnownFiles(new Path(root, KNOWN_FILES), hadoop).digest(place, Set.of(names)));
  }

  /**
   * Makes sure that a file or folder that the user names is there.
   *
   * @throws SettingsException naming the key if nothing is
   */
  public void requireSource(String key, String path) throws IOException {
    require(
        key,
        path,
        () -> {
          Path source = NamedPath.of(path);
          return NamedPath.existing(LocalCopy.fileSystem(source, hadoop), source);
        });
  }

  /** The same for a setting that is a pattern: it must stand for something. */
  public void requirePattern(String key, String pattern) throws IOException {
    require(key, pattern, () -> PathPattern.matching(pattern, hadoop));
  }

  /**
   * Makes sure that a folder is there or can be made.
   *
   * @throws SettingsException naming the key if a file is in its place or above it
   */
  public void requireFolder(String key, Path folder) throws IOException {
    look(
        key,
        folder.toString(),
        () -> {
          FileSystem files = LocalCopy.fileSystem(folder, hadoop);
          Path lowest = folder;
          List<FileStatus> found = NamedPath.existing(files, lowest);
          while (found.isEmpty() && lowest.getParent() != null) {
            lowest = lowest.getParent();
            found = NamedPath.existing(files, lowest);
          }
          if (!found.isEmpty() && !found.get(0).isDirectory()) {
            throw new SettingsException(
                "Invalid %s: %s (%s is no folder)".formatted(key, folder, lowest));
          }
          return found;
        });
  }

  /** A look at a file system. */
  private interface Look {
    List<FileStatus> found() throws IOException;
  }

  private static void require(String key, String path, Look look) throws IOException {
    if (path.isBlank()) {
      throw new SettingsException("Missing setting: " + key + " (name a file or folder)");
    }
    if (look(key, path, look).isEmpty()) {
      throw new SettingsException("Invalid " + key + ": " + path + " (no such file or folder)");
    }
  }

  private static List<FileStatus> look(String key, String path, Look look) throws IOException {
    try {
      return look.found();
    } catch (UnsupportedFileSystemException e) {
      throw new SettingsException("Invalid " + key + ": " + path + " (" + e.getMessage() + ")");
    } catch (IOException e) {
      throw new IOException("Cannot look at " + key + ": " + path + " (" + e.getMessage() + ")", e);
    }
  }
}
