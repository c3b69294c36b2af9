package io.kohaku.image.shard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * What PAX and GNU headers told so far about the member that comes next.
 *
 * <p>Where both name it, PAX's word counts, as with GNU tar.
 */
final class TarExtensions {
  private static final int MOST_BYTES = 1 << 20;

  private final Map<String, String> global = new HashMap<>();
  private final Map<String, String> pax = new HashMap<>();
  private String longName;
  private String longLink;

  /** Whether nothing is told of the next member alone. */
  boolean isEmpty() {
    return pax.isEmpty() && longName == null && longLink == null;
  }

  /** Forgets what was told of the next member. */
  void clear() {
    pax.clear();
    longName = null;
    longLink = null;
  }

  /**
   * Takes in what such a header tells.
   *
   * @throws IllegalArgumentException if that cannot be read
   */
  void add(TarHeader header, ArchiveBytes archive, long place) throws IOException {
    if (header.size() > MOST_BYTES) {
      throw new IllegalArgumentException("a header of more than " + MOST_BYTES + " bytes");
    }
    byte[] blocks = archive.read(place, TarHeader.blocks(header.size()));
    if (blocks.length < header.size() || TarHeader.search(blocks) >= 0) {
      throw new IllegalArgumentException("a header that ends too early");
    }
    byte[] data = Arrays.copyOf(blocks, (int) header.size());
    switch (header.kind()) {
      case TarConstants.LF_GNUTYPE_LONGNAME -> longName = name(data);
      case TarConstants.LF_GNUTYPE_LONGLINK -> longLink = name(data);
      case TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER -> records(data, global);
      default -> records(data, pax);
    }
  }

  /**
   * The header with all that was told of it.
   *
   * @throws IllegalArgumentException if the size told is none
   */
  TarHeader apply(TarHeader header) {
    String name = told("path", longName == null ? header.name() : longName);
    String size = told("size", String.valueOf(header.size()));
    if (!size.matches("\\d{1,18}")) {
      throw new IllegalArgumentException("a size that is none: " + size);
    }
    return new TarHeader(
        header.kind(),
        told("GNU.sparse.name", name),
        told("linkpath", longLink == null ? header.link() : longLink),
        header.kind() == TarConstants.LF_LINK ? 0 : Long.parseLong(size),
        header.sparse() || pax.keySet().stream().anyMatch(TarExtensions::isOfHoles),
        header.continued(),
        header.nameIsFull());
  }

  private static boolean isOfHoles(String key) {
    return key.startsWith("GNU.sparse.") || key.equals("SCHILY.realsize");
  }

  private String told(String key, String otherwise) {
    String value = pax.containsKey(key) ? pax.get(key) : global.get(key);
    return value == null || value.isEmpty() ? otherwise : value;
  }

  private static String name(byte[] data) {
    int end = 0;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    if (end == 0) {
      throw new IllegalArgumentException("a long name of no letters");
    }
    return TarHeader.text(Arrays.copyOf(data, end));
  }

  /** Whether bytes begin as PAX records do: with a length, a space, a key and a value. */
  static boolean isPax(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.matches("(?s)\\d{1,7} [A-Za-z][\\w.-]{0,99}=.*");
  }

  /** Reads {@code LENGTH KEY=VALUE\n} one after the other; the length counts all of them. */
  private static void records(byte[] data, Map<String, String> records) {
    int at = 0;
    while (at < data.length) {
      int space = indexOf(data, ' ', at);
      int end = at + Integer.parseInt(ascii(data, at, space));
      int equals = indexOf(data, '=', space);
      if (end <= equals || end > data.length || data[end - 1] != '\n') {
        throw new IllegalArgumentException("a PAX record whose length is wrong");
      }
      records.put(
          ascii(data, space + 1, equals),
          TarHeader.text(Arrays.copyOfRange(data, equals + 1, end - 1)));
      at = end;
    }
  }

  private static String ascii(byte[] data, int from, int to) {
    return new String(data, from, to - from, StandardCharsets.US_ASCII);
  }

  private static int indexOf(byte[] data, char wanted, int from) {
    for (int i = from; i < data.length; i++) {
      if (data[i] == wanted) {
        return i;
      }
    }
    throw new IllegalArgumentException("no PAX records");
  }
}
