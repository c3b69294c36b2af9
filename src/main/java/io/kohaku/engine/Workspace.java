package io.kohaku.engine;

import io.kohaku.digest.Sha256;
import io.kohaku.files.LocalCopy;
import io.kohaku.provenance.FileListing;
import io.kohaku.provenance.KnownFiles;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.MissingManifestException;
import io.kohaku.provenance.StageFolder;
import io.kohaku.settings.binding.SettingsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
  boolean isPublished(String stage) throws IOException {
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

  /** Files, a folder or a pattern that the user names, as an input: known by sizes and times. */
  public Manifest.Input source(String path) throws IOException {
    Path source = new Path(path);
    FileSystem files = source.getFileSystem(hadoop);
    List<String> digests = new ArrayList<>();
    for (Path match : matches(files, source)) {
      digests.add(FileListing.under(files, match).quickDigest());
    }
    return new Manifest.Input(files.makeQualified(source).toString(), Sha256.ofAll(digests));
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
    Path place = new Path(path);
    FileSystem files = place.getFileSystem(hadoop);
    return new Manifest.Input(
        files.makeQualified(place).toString(),
        new KnownFiles(new Path(root, KNOWN_FILES), hadoop).digest(place, Set.of(names)));
  }

  /**
   * Makes sure that files, a folder or a pattern that the user names are there.
   *
   * @throws SettingsException naming the key if nothing is
   */
  public void requireSource(String key, String path) throws IOException {
    if (path.isBlank()) {
      throw new SettingsException("Missing setting: " + key + " (name a file or folder)");
    }
    Path source = new Path(path);
    FileSystem files;
    try {
      files = LocalCopy.fileSystem(source, hadoop);
    } catch (UnsupportedFileSystemException e) {
      throw new SettingsException("Invalid " + key + ": " + path + " (" + e.getMessage() + ")");
    }
    if (matches(files, source).isEmpty()) {
      throw new SettingsException("Invalid " + key + ": " + path + " (no such file or folder)");
    }
  }

  private static List<Path> matches(FileSystem files, Path pattern) throws IOException {
    FileStatus[] found = files.globStatus(pattern);
    return found == null ? List.of() : Arrays.stream(found).map(FileStatus::getPath).toList();
  }
}
