package io.kohaku.image.shard;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import io.kohaku.input.UnusableFileException;
import io.kohaku.ownership.Closer;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Reads images by position and nothing around them.
 *
 * <p>Each thread keeps the shard that it read from last open: images asked for in the order of
 * shard and offset open each shard once per thread.
 */
public final class ImageFetcher implements Closeable {
  private final Configuration hadoop;
  private final long maxBytes;
  private final ThreadLocal<OpenShard> last = new ThreadLocal<>();
  private final Set<FSDataInputStream> open = ConcurrentHashMap.newKeySet();

  /**
   * A fetcher that opens files when they are asked for.
   *
   * @param maxBytes longest image that is read
   */
  public ImageFetcher(Configuration hadoop, long maxBytes) {
    this.hadoop = hadoop;
    this.maxBytes = maxBytes;
  }

  /**
   * The image's bytes.
   *
   * @throws UnusableFileException if the shard is no longer what was indexed
   */
  public byte[] fetch(ImageSource source) throws IOException, ImageRejected {
    if (source.length() > maxBytes) {
      throw new ImageRejected(
          RejectReason.TOO_MANY_BYTES, source.length() + " bytes, images.max-bytes is " + maxBytes);
    }
    byte[] bytes = new byte[(int) source.length()];
    try {
      shard(source).readFully(source.offset(), bytes);
    } catch (EOFException e) {
      throw new UnusableFileException(
          "Cannot read %s bytes at %s of %s: it ends before (index the shards again)"
              .formatted(source.length(), source.offset(), source.shard()),
          e);
    } catch (FileNotFoundException e) {
      throw new UnusableFileException(
          "Missing shard: " + source.shard() + " (put it back, or index the shards again)", e);
    }
    return bytes;
  }

  private FSDataInputStream shard(ImageSource source) throws IOException {
    OpenShard current = last.get();
    if (current != null && current.path.equals(source.shard())) {
      return current.stream;
    }
    if (current != null) {
      last.remove();
      open.remove(current.stream);
      current.stream.close();
    }
    Path path = new Path(source.shard());
    FileSystem files = path.getFileSystem(hadoop);
    FileStatus status = files.getFileStatus(path);
    if (ImageSource.stamp(status) != source.stamp()) {
      throw new UnusableFileException(
          "Cannot read " + path + ": it has changed since it was indexed (index the shards again)");
    }
    FSDataInputStream stream = RandomAccess.open(files, path);
    open.add(stream);
    last.set(new OpenShard(source.shard(), stream));
    return stream;
  }

  @Override
  public void close() {
    Closer.close(List.copyOf(open));
  }

  private record OpenShard(String path, FSDataInputStream stream) {}
}
