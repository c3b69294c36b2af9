package io.kohaku.demo;

import io.kohaku.demo.scene.DemoPost;
import io.kohaku.demo.scene.Picture;
import io.kohaku.ownership.Closer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Packs pictures into {@code data-XXXX.tar}, keyed by the id's last three digits.
 *
 * <p>Ids from {@value #SECOND_SERIES} on go to the second series, a thousand shards further, as
 * archives do that were extended later.
 */
final class DemoShards implements AutoCloseable {
  static final long SECOND_SERIES = 6_500_000;

  private final Path folder;
  private final Map<String, TarArchiveOutputStream> open = new HashMap<>();

  DemoShards(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  static String shard(long id) {
    long number = id % 1000 + (id >= SECOND_SERIES ? 1000 : 0);
    return String.format(Locale.ROOT, "data-%04d.tar", number);
  }

  void add(DemoPost post, Picture picture) throws IOException {
    TarArchiveOutputStream tar = shardOf(post.id());
    TarArchiveEntry entry = new TarArchiveEntry(post.member());
    entry.setSize(picture.bytes().length);
    entry.setModTime(post.createdAt().toInstant().toEpochMilli());
    entry.setMode(0644);
    tar.putArchiveEntry(entry);
    tar.write(picture.bytes());
    tar.closeArchiveEntry();
  }

  /** How many shards hold something. */
  int count() {
    return open.size();
  }

  @Override
  public void close() {
    Closer.close(List.copyOf(open.values()));
  }

  private TarArchiveOutputStream shardOf(long id) throws IOException {
    String name = shard(id);
    if (!open.containsKey(name)) {
      OutputStream out = new BufferedOutputStream(Files.newOutputStream(folder.resolve(name)));
      open.put(name, new TarArchiveOutputStream(out));
    }
    return open.get(name);
  }
}
