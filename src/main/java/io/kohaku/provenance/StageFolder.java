package io.kohaku.provenance;

import com.fasterxml.jackson.core.JacksonException;
import io.kohaku.files.HadoopRename;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder of one stage: {@code manifest.json} and the data folders of the runs.
 *
 * <p>Each run writes into a new {@code data-…} folder. {@link #publish} makes that folder the
 * stage's output by replacing the manifest in one step and then removes the folders that no
 * manifest names any more.
 */
public final class StageFolder {
  /** The file that makes data visible. */
  public static final String MANIFEST = "manifest.json";

  private static final String DATA_PREFIX = "data-";

  private final Path folder;
  private final FileSystem files;
  private final Configuration hadoop;

  private StageFolder(Path folder, FileSystem files, Configuration hadoop) {
    this.folder = folder;
    this.files = files;
    this.hadoop = hadoop;
  }

  /** The folder, which need not exist yet. */
  public static StageFolder at(Path folder, Configuration hadoop) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    return new StageFolder(files.makeQualified(folder), files, hadoop);
  }

  /** Where the stage's manifest and data lie. */
  public Path path() {
    return folder;
  }

  /** What is published, if anything is. */
  public Optional<Manifest> manifest() throws IOException {
    Path file = new Path(folder, MANIFEST);
    try (InputStream in = files.open(file)) {
      return Optional.of(Manifest.fromJson(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      throw new IOException(
          "Cannot read manifest " + file + ": " + e.getOriginalMessage() + " (remove it to redo)",
          e);
    } catch (ChecksumException e) {
      throw new IOException(
          "Cannot read manifest " + file + ": its checksum differs (remove it to redo)", e);
    }
  }

  /**
   * What is published, whether or not the data that it names is whole.
   *
   * @throws MissingManifestException if nothing is
   */
  public Manifest requireManifest() throws IOException {
    return manifest()
        .orElseThrow(
            () -> new MissingManifestException("Missing manifest: " + new Path(folder, MANIFEST)));
  }

  /**
   * What is published.
   *
   * @throws IOException {@code Missing manifest} if nothing is, or if data that it names is not
   *     whole
   */
  public Manifest require() throws IOException {
    Manifest manifest = requireManifest();
    Optional<String> damage = damage(manifest);
    if (damage.isPresent()) {
      throw new IOException(damage.get());
    }
    return manifest;
  }

  /** What no longer agrees with the manifest: a file that is gone or has another size. */
  public Optional<String> damage(Manifest manifest) throws IOException {
    for (Manifest.Output output : manifest.outputs().values()) {
      Path path = new Path(folder, output.path());
      FileListing listing = FileListing.under(files, path);
      if (listing.files().size() != output.files() || listing.bytes() != output.bytes()) {
        return Optional.of(
            "Cannot use %s: %s files of %s bytes lie there, its manifest names %s of %s (redo %s)"
                .formatted(
                    path,
                    listing.files().size(),
                    listing.bytes(),
                    output.files(),
                    output.bytes(),
                    manifest.stage()));
      }
    }
    return Optional.empty();
  }

  /** A new folder for one run's data, which nobody sees until it is published. */
  public Path newDataFolder() throws IOException {
    Path data = new Path(folder, DATA_PREFIX + UUID.randomUUID().toString().substring(0, 8));
    if (!files.mkdirs(data)) {
      throw new IOException("Cannot create folder " + data);
    }
    return data;
  }

  /**
   * Measures one output of this stage, known by its bytes.
   *
   * @throws IllegalStateException if nothing lies there
   */
  public Manifest.Output measure(Path output, long rows) throws IOException {
    if (!files.exists(output)) {
      throw new IllegalStateException("Missing output: " + output);
    }
    String relative = folder.toUri().relativize(files.makeQualified(output).toUri()).getPath();
    FileListing listing = FileListing.under(files, output);
    String sha256 = listing.sha256(files);
    return new Manifest.Output(
        relative, rows, listing.files().size(), listing.bytes(), sha256, sha256);
  }

  /** Makes the manifest, and with it the data it names, the stage's output in one step. */
  public void publish(Manifest manifest) throws IOException {
    byte[] json = manifest.toJson().getBytes(StandardCharsets.UTF_8);
    HadoopRename.write(new Path(folder, MANIFEST), json, hadoop);
    removeAllBut(manifest);
  }

  /** Makes the stage's output invisible before data at a fixed place is written over. */
  public void withdraw() throws IOException {
    files.delete(new Path(folder, MANIFEST), false);
  }

  private void removeAllBut(Manifest manifest) throws IOException {
    for (FileStatus status : files.listStatus(folder)) {
      String name = status.getPath().getName();
      boolean named =
          manifest.outputs().values().stream()
              .anyMatch(output -> output.path().startsWith(name + "/"));
      if (status.isDirectory() && name.startsWith(DATA_PREFIX) && !named) {
        files.delete(status.getPath(), true);
      }
    }
  }
}
