package io.kohaku.job;

import io.kohaku.provenance.FileListing;
import io.kohaku.provenance.Manifest;
import io.kohaku.provenance.MissingManifestException;
import io.kohaku.provenance.StageFolder;
import io.kohaku.settings.SettingsException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder that holds every stage's folder, and the way to what lies outside of it.
 *
 * @param root the folder, of any Hadoop file system
 * @param hadoop how to reach file systems
 */
public record Workspace(Path root, Configuration hadoop) {
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
      throw new SettingsException(e.getMessage() + " (run the job " + stage + " first)");
    }
  }

  /** A published stage as an input of another. */
  public Manifest.Input input(String stage) throws IOException {
    return new Manifest.Input(stage(stage).path().toString(), published(stage).digest());
  }

  /** Where one output of a published stage lies. */
  public Path output(String stage, String output) throws IOException {
    return new Path(stage(stage).path(), published(stage).output(output).path());
  }

  /** A file or folder that the user names, as an input: known by sizes and times of change. */
  public Manifest.Input source(String path) throws IOException {
    Path source = new Path(path);
    FileSystem files = source.getFileSystem(hadoop);
    return new Manifest.Input(
        files.makeQualified(source).toString(), FileListing.under(files, source).quickDigest());
  }

  /**
   * Makes sure that a file or folder that the user names is there.
   *
   * @throws SettingsException naming the key if it is not
   */
  public void requireSource(String key, String path) throws IOException {
    if (path.isBlank()) {
      throw new SettingsException("Missing setting: " + key + " (name a file or folder)");
    }
    Path source = new Path(path);
    if (!source.getFileSystem(hadoop).exists(source)) {
      throw new SettingsException("Invalid " + key + ": " + path + " (no such file or folder)");
    }
  }
}
