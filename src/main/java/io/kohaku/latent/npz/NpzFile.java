package io.kohaku.latent.npz;

import io.kohaku.input.Appearance;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * The arrays of a {@code .npz} file by their names, read by the zip's directory as NumPy does: of
 * two with one name the later counts.
 */
final class NpzFile implements Closeable {
  /** What the names of a zip's arrays end in. */
  static final String ENDING = ".npy";

  private final ZipFile zip;
  private final Map<String, ZipArchiveEntry> entries = new LinkedHashMap<>();

  private NpzFile(ZipFile zip) {
    this.zip = zip;
  }

  /**
   * Looks at the directory.
   *
   * @throws IOException saying what the file is instead
   */
  static NpzFile open(byte[] file) throws IOException {
    Appearance seen = Appearance.of(file);
    if (seen != Appearance.ZIP) {
      throw new IOException("no zip of arrays: it seems to be " + seen.sentence());
    }
    try {
      NpzFile npz = new NpzFile(new ZipFile(new SeekableInMemoryByteChannel(file)));
      for (ZipArchiveEntry entry : Collections.list(npz.zip.getEntries())) {
        String name = entry.getName();
        boolean ends = name.endsWith(ENDING);
        npz.entries.put(ends ? name.substring(0, name.length() - ENDING.length()) : name, entry);
      }
      return npz;
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "a zip that is cut off or damaged (fetch or make it again): " + e.getMessage(), e);
    }
  }

  /** The names, without {@code .npy}. */
  Set<String> names() {
    return entries.keySet();
  }

  /**
   * One array.
   *
   * @throws IOException naming it if it is not there or cannot be read
   */
  NumpyArray array(String name) throws IOException {
    ZipArchiveEntry entry = entries.get(name);
    if (entry == null) {
      throw new IOException("no array " + name + " (there are " + shown() + ")");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      if (in == null) {
        throw new IOException("its bytes are not there");
      }
      CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
      NumpyArray array = NumpyArray.read(checked);
      if (checked.getChecksum().getValue() != entry.getCrc()) {
        throw new IOException("its check sum is another: the file is damaged");
      }
      return array;
    } catch (IOException | RuntimeException e) {
      throw new IOException("array " + name + ": " + e.getMessage(), e);
    }
  }

  private String shown() {
    String all = String.join(", ", entries.keySet()).replaceAll("[^ -~]", "?");
    return all.length() > 200 ? all.substring(0, 200) + "…" : all;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
