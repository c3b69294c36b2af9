package io.kohaku.latent.npz;

import io.kohaku.files.FilesBelow;
import io.kohaku.files.NamedPath;
import io.kohaku.image.shard.ImageSource;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Finds sd-scripts' latents: {@code <id>.npz}, and {@code <id>_<width>x<height>_sdxl.npz} where
 * there is no such file, as sd-scripts prefers them.
 */
final class NpzListing {
  private static final Pattern NAME = Pattern.compile("(\\d{1,18})(_\\d+x\\d+_sdxl)?\\.npz");

  private NpzListing() {}

  /** One file of one post. */
  private record Found(boolean sized, ImageSource file) {
    static final Comparator<Found> PREFERENCE =
        Comparator.comparing(Found::sized).thenComparing(found -> found.file.shard());
  }

  /** The file of each post that has one in these folders or below them. */
  static SortedMap<Long, ImageSource> list(List<String> folders, Configuration hadoop)
      throws IOException {
    TreeMap<Long, Found> byId = new TreeMap<>();
    for (String folder : folders) {
      Path path = NamedPath.of(folder);
      for (FileStatus file : FilesBelow.of(path.getFileSystem(hadoop), path)) {
        Matcher name = NAME.matcher(file.getPath().getName());
        if (name.matches()) {
          long id = Long.parseLong(name.group(1));
          Found found = new Found(name.group(2) != null, ImageSource.wholeFile(file));
          byId.merge(id, found, (a, b) -> Found.PREFERENCE.compare(a, b) <= 0 ? a : b);
        }
      }
    }
    TreeMap<Long, ImageSource> files = new TreeMap<>();
    byId.forEach((id, found) -> files.put(id, found.file));
    return files;
  }
}
