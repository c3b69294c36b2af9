package io.kohaku.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** What a file seems to be by its first bytes, whatever its name says. */
public enum Appearance {
  /** Of no bytes at all. */
  EMPTY("a file without a byte", "fetch it again"),
  /** The text that stands for a file kept elsewhere. */
  LFS_POINTER("a pointer of Git LFS", "fetch the file itself: git lfs pull"),
  /** What a server says instead of a file. */
  HTML("a web page, as servers answer a failed download", "fetch it again"),
  /** What an object store says instead of a file. */
  XML("an XML text, as object stores answer a failed download", "fetch it again"),
  GZIP("compressed by gzip", "unpack it: gzip -d"),
  BZIP2("compressed by bzip2", "unpack it: bzip2 -d"),
  XZ("compressed by xz", "unpack it: xz -d"),
  ZSTD("compressed by zstd", "unpack it: zstd -d"),
  LZ4("compressed by lz4", "unpack it: lz4 -d"),
  /** What xz's forerunner writes, and the first lz4: forms that only their own tools read. */
  LZMA("compressed by lzma", "unpack it: xz -d --format=lzma"),
  LZ4_LEGACY("compressed by lz4 in its old form", "unpack it: lz4 -d"),
  LZIP("compressed by lzip", "unpack it: lzip -d"),
  LZOP("compressed by lzop", "unpack it: lzop -d"),
  COMPRESS("compressed by compress", "unpack it: gzip -d"),
  SNAPPY("compressed by snappy", "unpack it: snzip -d"),
  ZIP("a zip archive", "unpack it: unzip"),
  ENCRYPTED_ZIP("an encrypted zip archive", "unpack it: 7z x"),
  /** What {@code torch.save} writes, a zip archive around a pickle. */
  TORCH("a file of PyTorch's, pickled", "convert it to safetensors with a tool you trust"),
  /** A spreadsheet, a text or slides, with or without a zip archive around. */
  OFFICE("a document of an office program", "export its rows as JSON lines"),
  SEVEN_ZIP("a 7z archive", "unpack it: 7z x"),
  RAR("a rar archive", "unpack it: unrar x"),
  TAR("a tar archive", "unpack it: tar -xf"),
  PROGRAM("a program, perhaps an archive that unpacks itself", "unpack it: 7z x"),
  SQLITE("a SQLite database", "name it where a database is read"),
  PARQUET("a Parquet file", "name it where a Parquet table is read"),
  ENCRYPTED_PARQUET("an encrypted Parquet file", "write it again without encryption"),
  ORC("an ORC file", "write it as Parquet or JSON lines"),
  ARROW("an Arrow or Feather file", "write it as Parquet or JSON lines"),
  AVRO("an Avro file", "write it as Parquet or JSON lines"),
  NUMPY("a numpy array", "name it where arrays are read"),
  HDF5("an HDF5 file", "convert it"),
  GGUF("a GGUF file, quantised", "take the safetensors file in fp16 or bf16"),
  PICKLE("a pickle of Python's", "convert it: it may run code when it is read"),
  PNG("a PNG image", "name it where images are read"),
  JPEG("a JPEG image", "name it where images are read"),
  GIF("a GIF image", "name it where images are read"),
  WEBP("a WebP image", "name it where images are read"),
  /** Texts of two bytes a letter, as Windows' shells write them, or of four. */
  UTF_16("a text in UTF-16 or UTF-32", "convert it to UTF-8: iconv -f UTF-16 -t UTF-8"),
  /** Objects behind separators of records, RFC 7464. */
  JSON_SEQUENCE("a JSON text sequence", "write one object a line: jq -c --seq . | tr -d '\\036'"),
  JSON_ARRAY("one JSON array", "look at where it comes from"),
  /** An object, or one a line. */
  JSON("a JSON text", "name it where JSON lines are read"),
  /** Lines of values with commas or tabs between them. */
  CSV("a table of values with commas or tabs between them", "convert it"),
  TEXT("a text", "look into it"),
  /** Nothing but zeros, as downloads leave that reserved their room first. */
  ZEROS("nothing but zeros, as an unfinished download leaves", "fetch it again"),
  UNKNOWN("of a format that is not known here", "look at where it comes from");

  /** So many first bytes tell all that can be told. */
  public static final int HEAD = 1024;

  private static final int TAR_MAGIC = 257;

  private final String words;
  private final String advice;

  Appearance(String words, String advice) {
    this.words = words;
    this.advice = advice;
  }

  /** What it seems to be, to follow "it seems to be". */
  public String words() {
    return words;
  }

  /** What it seems to be and what to do about it. */
  public String sentence() {
    return words + " (" + advice + ")";
  }

  /** What a stream holds from here on; {@link #HEAD} bytes of it are read. */
  public static Appearance of(InputStream in) throws IOException {
    return of(in.readNBytes(HEAD));
  }

  /** What begins with these bytes, of which the first {@link #HEAD} count. */
  public static Appearance of(byte[] bytes) {
    byte[] head = bytes.length > HEAD ? Arrays.copyOf(bytes, HEAD) : bytes;
    if (head.length == 0) {
      return EMPTY;
    }
    Appearance binary = binary(head);
    return binary == UNKNOWN ? text(head) : binary;
  }

  private static Appearance binary(byte[] head) {
    Signature bytes = new Signature(head);
    if (bytes.at(0, 0x1f, 0x8b)) {
      return GZIP;
    } else if (bytes.at(0, 'B', 'Z', 'h')) {
      return BZIP2;
    } else if (bytes.at(0, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return XZ;
    } else if (bytes.at(0, 0x28, 0xb5, 0x2f, 0xfd)) {
      return ZSTD;
    } else if (bytes.at(0, 4, 0x22, 0x4d, 0x18)) {
      return LZ4;
    } else if (bytes.isSkippableFrame()) {
      // Both zstd and lz4 may begin so, and tell themselves by the frame behind; pzstd always does.
      return binary(bytes.behindSkippableFrame()) == LZ4 ? LZ4 : ZSTD;
    } else if (bytes.at(0, 'P', 'K', 3, 4) || bytes.at(0, 'P', 'K', 5, 6)) {
      return zip(bytes);
    } else if (bytes.at(0, '7', 'z', 0xbc, 0xaf, 0x27, 0x1c)) {
      return SEVEN_ZIP;
    } else if (bytes.at(0, 'R', 'a', 'r', '!', 0x1a)) {
      return RAR;
    } else if (bytes.at(TAR_MAGIC, 'u', 's', 't', 'a', 'r')) {
      return TAR;
    }
    return rare(bytes);
  }

  private static Appearance zip(Signature bytes) {
    String first = bytes.firstMember();
    if (first.endsWith("/data.pkl")) {
      return TORCH;
    } else if (bytes.isOffice(first)) {
      return OFFICE;
    }
    return bytes.isEncryptedMember() ? ENCRYPTED_ZIP : ZIP;
  }

  private static Appearance rare(Signature bytes) {
    if (bytes.at(0, 2, 0x21, 0x4c, 0x18)) {
      return LZ4_LEGACY;
    } else if (bytes.isLzma()) {
      return LZMA;
    } else if (bytes.at(0, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)) {
      return OFFICE;
    } else if (bytes.at(0, 0x1e, '{') && !bytes.at(2, 0) && !bytes.at(3, 0)) {
      return JSON_SEQUENCE;
    }
    Appearance packed = packed(bytes);
    return packed == UNKNOWN ? document(bytes) : packed;
  }

  private static Appearance packed(Signature bytes) {
    if (bytes.text(0, "LZIP") && (bytes.at(4, 1) || bytes.at(4, 0))) {
      return LZIP;
    } else if (bytes.at(0, 0x89, 'L', 'Z', 'O', 0)) {
      return LZOP;
    } else if (bytes.at(0, 0x1f, 0x9d)) {
      return COMPRESS;
    } else if (bytes.at(0, 0xff, 6, 0, 0) && bytes.text(4, "sNaPpY")) {
      return SNAPPY;
    } else if (bytes.isProgram()) {
      return PROGRAM;
    }
    return UNKNOWN;
  }

  private static Appearance document(Signature bytes) {
    if (bytes.text(0, "SQLite format 3")) {
      return SQLITE;
    } else if (bytes.text(0, "PAR1")) {
      return PARQUET;
    } else if (bytes.isEncryptedParquet()) {
      return ENCRYPTED_PARQUET;
    } else if (bytes.text(0, "ORC")) {
      return ORC;
    } else if (bytes.text(0, "ARROW1\0\0") || bytes.text(0, "FEA1") || bytes.isArrowStream()) {
      return ARROW;
    } else if (bytes.text(0, "Obj\u0001")) {
      return AVRO;
    }
    Appearance array = array(bytes);
    return array == UNKNOWN ? picture(bytes) : array;
  }

  private static Appearance array(Signature bytes) {
    if (bytes.at(0, 0x93) && bytes.text(1, "NUMPY")) {
      return NUMPY;
    } else if (bytes.at(0, 0x89) && bytes.text(1, "HDF")) {
      return HDF5;
    } else if (bytes.isPickle()) {
      return PICKLE;
    } else if (bytes.text(0, "GGUF")) {
      return GGUF;
    }
    return UNKNOWN;
  }

  private static Appearance picture(Signature bytes) {
    if (bytes.at(0, 0x89) && bytes.text(1, "PNG")) {
      return PNG;
    } else if (bytes.at(0, 0xff, 0xd8, 0xff)) {
      return JPEG;
    } else if (bytes.text(0, "GIF8")) {
      return GIF;
    } else if (bytes.text(0, "RIFF") && bytes.text(8, "WEBP")) {
      return WEBP;
    } else if (bytes.isZero()) {
      return ZEROS;
    } else if (bytes.at(0, 0xff, 0xfe) || bytes.at(0, 0xfe, 0xff) || bytes.isWide()) {
      return UTF_16;
    }
    return UNKNOWN;
  }

  private static Appearance text(byte[] head) {
    for (byte letter : head) {
      if (letter >= 0 && letter < ' ' && letter != '\n' && letter != '\r' && letter != '\t') {
        return UNKNOWN;
      }
    }
    String text = new String(head, StandardCharsets.UTF_8).replace("\uFEFF", "").strip();
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith("version https://git-lfs")) {
      return LFS_POINTER;
    } else if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return HTML;
    } else if (lower.startsWith("<")) {
      return lower.contains("<html") ? HTML : XML;
    } else if (text.startsWith("[")) {
      return JSON_ARRAY;
    } else if (text.startsWith("{")) {
      return JSON;
    }
    String line = text.lines().findFirst().orElse("");
    return line.contains(",") || line.contains("\t") ? CSV : TEXT;
  }
}
