package io.kohaku.post.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/** Posts of little more than their ids, and what they are packed in. */
final class PackedPosts {
  private PackedPosts() {}

  interface Packer {
    OutputStream around(OutputStream out) throws IOException;
  }

  static byte[] packed(byte[] text, Packer packer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = packer.around(bytes)) {
      out.write(text);
    }
    return bytes.toByteArray();
  }

  static byte[] gzip(byte[] text) throws IOException {
    return packed(text, GZIPOutputStream::new);
  }

  static byte[] lines(long first, long last) {
    return utf8(objects(first, last, "\n") + "\n");
  }

  static String objects(long first, long last, String between) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(id -> "{\"id\":" + id + ",\"tag_string_general\":\"a]b } [{\"}")
        .collect(Collectors.joining(between));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] joined(byte[]... parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.write(part);
    }
    return all.toByteArray();
  }

  /** Names and contents in pairs. */
  static byte[] tar(Object... members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, 512)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      for (int i = 0; i < members.length; i += 2) {
        TarArchiveEntry entry = new TarArchiveEntry((String) members[i]);
        byte[] content = (byte[]) members[i + 1];
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  static byte[] zip(Object... members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < members.length; i += 2) {
        zip.putNextEntry(new ZipEntry((String) members[i]));
        zip.write((byte[]) members[i + 1]);
      }
    }
    return bytes.toByteArray();
  }

  /**
   * The ids of all texts in a file that are not blank, -1 for none.
   *
   * @param places learns where each stands
   */
  static List<Long> read(Path file, List<String> places) throws IOException {
    Configuration hadoop = new Configuration();
    FileStatus status =
        FileSystem.getLocal(hadoop).getFileStatus(new org.apache.hadoop.fs.Path(file.toUri()));
    List<Long> ids = new ArrayList<>();
    for (TextSplit split : TextSplit.of(status, 1000, hadoop)) {
      try (JsonTexts texts = split.open(hadoop, 1 << 20)) {
        while (texts.next()) {
          if (!texts.blank()) {
            ids.add(JsonPost.id(texts.buffer(), texts.start(), texts.length()));
            places.add(texts.within() + ":" + texts.count());
          }
        }
      }
    }
    return ids;
  }
}
