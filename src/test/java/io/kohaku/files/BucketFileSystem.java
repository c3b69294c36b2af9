package io.kohaku.files;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Folders of this machine under the scheme {@code bucket}, for one JVM: a rename is a copy and then
 * a delete, as in object stores, and a path without its scheme leads nowhere.
 */
public final class BucketFileSystem extends RawLocalFileSystem {
  private static final String SCHEME = "bucket";
  private static final Map<String, File> BUCKETS = new ConcurrentHashMap<>();

  private URI uri = URI.create(SCHEME + ":///");

  /** A new bucket that keeps its files in this folder; its URI. */
  public static String over(java.nio.file.Path folder) {
    String name = UUID.randomUUID().toString();
    BUCKETS.put(name, folder.toFile());
    return SCHEME + "://" + name;
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public URI getUri() {
    return uri == null ? URI.create(SCHEME + ":///") : uri; // The parent's constructor asks.
  }

  @Override
  public void initialize(URI name, Configuration hadoop) throws IOException {
    super.initialize(name, hadoop);
    uri = URI.create(SCHEME + "://" + name.getAuthority());
    setWorkingDirectory(new Path(uri.toString() + "/"));
  }

  @Override
  public File pathToFile(Path path) {
    return new File(BUCKETS.get(uri.getAuthority()), makeQualified(path).toUri().getPath());
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    FileStatus local = super.getFileStatus(path);
    return new FileStatus(
        local.getLen(),
        local.isDirectory(),
        1,
        local.getBlockSize(),
        local.getModificationTime(),
        makeQualified(path));
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    FileStatus status = getFileStatus(path);
    if (status.isFile()) {
      return new FileStatus[] {status};
    }
    List<FileStatus> all = new ArrayList<>();
    for (String name : pathToFile(path).list()) {
      all.add(getFileStatus(new Path(path, name)));
    }
    return all.toArray(FileStatus[]::new);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    return FileUtil.copy(this, from, this, to, true, false, getConf());
  }
}
