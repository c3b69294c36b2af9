package io.kohaku.image.shard;

import io.kohaku.files.DanglingLinks;
import io.kohaku.files.NamedPath;
import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds archives and folders of images, in the order in which a post's image is looked for.
 *
 * <p>{@code data-<n>.tar} holds posts with {@code id % 1000 == n % 1000}; {@code n / 1000} is how
 * often the shard was added to. So {@code data-0123.tar} comes before {@code data-1123.tar}, all of
 * these before anything below a folder {@code updates}, and else the order of paths decides.
 */
final class ShardListing {
  private static final Logger LOG = LoggerFactory.getLogger(ShardListing.class);
  private static final Pattern SHARD = Pattern.compile("data-(\\d{1,9})\\.tar");

  private final Configuration hadoop;
  private final TreeMap<Path, FileStatus> found =
      new TreeMap<>(Comparator.comparingInt(ShardListing::tier).thenComparing(Path::toString));

  private FoundBelow below = new FoundBelow();

  private ShardListing(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** All sources below these paths. */
  static List<ShardSource> list(List<String> roots, Configuration hadoop) throws IOException {
    ShardListing listing = new ShardListing(hadoop);
    for (String root : roots) {
      listing.addNamed(NamedPath.of(root));
    }
    if (!listing.below.isUsable()) {
      throw new UnusableFileException(
          "Cannot index %s: %s".formatted(String.join(", ", roots), listing.below));
    }
    List<ShardSource> sources = new ArrayList<>();
    listing.found.forEach((path, file) -> sources.add(source(file, sources.size())));
    return sources;
  }

  /** The same for what should hold something: the user names it, or it is called an archive. */
  private void addNamed(Path root) throws IOException {
    FoundBelow before = below;
    below = new FoundBelow();
    add(root);
    if (!below.isUsable()) {
      LOG.warn("Nothing to index below {}: {}", root, below);
    }
    below.add(before);
  }

  private void add(Path root) throws IOException {
    FileSystem files = root.getFileSystem(hadoop);
    FileStatus status = files.getFileStatus(root);
    if (status.isFile()) {
      below.count(status);
      if (isArchive(root) || PackedArchive.of(root.getName()).isEmpty()) {
        below.archive();
        keep(status);
      }
      return;
    }
    DanglingLinks.refuse(files, root, link -> true);
    boolean images = false;
    List<Path> folders = new ArrayList<>();
    RemoteIterator<FileStatus> entries = files.listStatusIterator(root);
    while (entries.hasNext()) {
      FileStatus entry = entries.next();
      if (entry.isDirectory()) {
        folders.add(entry.getPath());
      } else if (isArchive(entry.getPath())) {
        below.archive();
        keep(entry);
      } else {
        below.count(entry);
        images = true;
      }
    }
    if (images) {
      keep(files.getFileStatus(root));
    }
    for (Path folder : folders) {
      if (isArchive(folder)) {
        addNamed(folder);
      } else {
        add(folder);
      }
    }
  }

  private void keep(FileStatus status) {
    found.put(status.getPath(), status);
  }

  private static ShardSource source(FileStatus file, int rank) {
    boolean archive = file.isFile();
    return new ShardSource(
        file.getPath().toString(),
        archive,
        archive ? file.getLen() : 0,
        archive ? ImageSource.stamp(file) : 0,
        rank);
  }

  static boolean isArchive(Path path) {
    return path.getName().toLowerCase(Locale.ROOT).endsWith(".tar");
  }

  private static int tier(Path path) {
    if (path.toUri().getPath().contains("/updates/")) {
      return Integer.MAX_VALUE;
    }
    Matcher shard = SHARD.matcher(path.getName());
    return shard.matches() ? Integer.parseInt(shard.group(1)) / 1000 : 0;
  }
}
