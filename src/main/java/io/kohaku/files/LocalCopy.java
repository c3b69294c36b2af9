package io.kohaku.files;

import io.kohaku.files.local.FolderTree;
import io.kohaku.files.local.PrivateFolder;
import io.kohaku.files.local.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file or folder as paths of this machine, which weights need since they are mapped into memory.
 *
 * <p>What lies on another file system is copied once for each machine and version of it: a copy is
 * known by the location and by each file's length, time of change and, on object stores, tag. It
 * lies below the folder that the system property {@code kohaku.copies} names, else below a private
 * one in the temporary folder, where nothing removes it. Several JVMs may ask at once; one copies
 * and the others wait.
 */
public final class LocalCopy {
  private static final Logger LOG = LoggerFactory.getLogger(LocalCopy.class);
  private static final String PROPERTY = "kohaku.copies";
  private static final String UNFINISHED = ".unfinished";

  private LocalCopy() {}

  /**
   * Where this file or folder can be read on this machine.
   *
   * @param location a path, or a URI of any Hadoop file system
   * @throws IOException {@code Missing file: …}, or {@code Cannot copy …} with what to do
   */
  public static Path of(String location, Configuration hadoop) throws IOException {
    org.apache.hadoop.fs.Path source = NamedPath.of(location);
    FileSystem files = fileSystem(source, hadoop);
    if (files instanceof LocalFileSystem) {
      return Path.of(source.toUri().getPath());
    }
    try {
      return copied(SourceFiles.under(files, files.makeQualified(source)));
    } catch (FileNotFoundException e) {
      throw new IOException("Missing file: " + location, e);
    }
  }

  /** Whether a location lies on this machine's own file system. */
  public static boolean isHere(String location, Configuration hadoop) throws IOException {
    return fileSystem(NamedPath.of(location), hadoop) instanceof LocalFileSystem;
  }

  /**
   * The file system of a location.
   *
   * @throws UnsupportedFileSystemException if no library for its scheme is there, saying what to do
   * @throws IOException if its host is not known
   */
  public static FileSystem fileSystem(org.apache.hadoop.fs.Path location, Configuration hadoop)
      throws IOException {
    try {
      return location.getFileSystem(hadoop);
    } catch (UnsupportedFileSystemException e) {
      throw unsupported(location);
    } catch (RuntimeException e) {
      if (e.getCause() instanceof ClassNotFoundException) {
        throw unsupported(location);
      } else if (e.getCause() instanceof UnknownHostException unknown) {
        throw new IOException("Cannot reach " + location + ": unknown host", unknown);
      }
      throw e;
    }
  }

  private static UnsupportedFileSystemException unsupported(org.apache.hadoop.fs.Path location) {
    String scheme = location.toUri().getScheme();
    return new UnsupportedFileSystemException(
        "no file system for the scheme %s is known (give its jar by --packages or --jars and, if it needs one, spark.hadoop.fs.%s.impl)"
            .formatted(scheme, scheme));
  }

  /** The folder of all copies. */
  static Path folder() throws IOException {
    return PrivateFolder.ensure(PrivateFolder.place(PROPERTY, "copies"), PROPERTY);
  }

  /** One at a time: a lock of the file system does not hold back threads of its own JVM. */
  private static synchronized Path copied(SourceFiles source) throws IOException {
    Path folder = folder();
    Path copy = folder.resolve(source.key());
    if (!Files.exists(copy)) {
      try (FileChannel lock =
          FileChannel.open(
              folder.resolve(source.key() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE)) {
        lock.lock();
        if (!Files.exists(copy)) { // Nor did another JVM copy it meanwhile.
          copy(source, copy);
        }
      }
    }
    return copy.resolve(source.root().getName());
  }

  private static void copy(SourceFiles source, Path copy) throws IOException {
    Path unfinished = copy.resolveSibling(copy.getFileName() + UNFINISHED);
    FolderTree.remove(unfinished); // Of a JVM that was killed.
    long free = Files.getFileStore(copy.getParent()).getUsableSpace();
    if (free < source.bytes()) {
      throw new IOException(
          "Cannot copy %s: it has %s bytes, %s has %s free (name another folder by -D%s)"
              .formatted(source.root(), source.bytes(), copy.getParent(), free, PROPERTY));
    }
    LOG.info("Copying {}, {} bytes, to {}", source.root(), source.bytes(), copy);
    try {
      WholeFile.write(copy, unfinished, folder -> copyAll(source, folder));
    } catch (IOException e) {
      throw new IOException("Cannot copy " + source.root() + ": " + e.getMessage(), e);
    }
  }

  private static void copyAll(SourceFiles source, Path folder) throws IOException {
    Files.createDirectory(folder);
    for (SourceFiles.File entry : source.entries()) {
      copy(source, entry, folder.resolve(entry.relative()));
    }
  }

  private static void copy(SourceFiles source, SourceFiles.File entry, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (InputStream in = source.files().open(entry.status().getPath())) {
      long bytes = Files.copy(in, to);
      if (bytes != entry.status().getLen()) {
        throw new IOException(
            "%s gave %s bytes, its length is %s (it was changed meanwhile; start again)"
                .formatted(entry.status().getPath(), bytes, entry.status().getLen()));
      }
    }
  }
}
