package io.kohaku.input;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppearanceTest {
  private static final Map<String, Appearance> HEADS =
      Map.ofEntries(
          entry("\u001f\u008b\b", Appearance.GZIP),
          entry("BZh91AY", Appearance.BZIP2),
          entry("\u00fd7zXZ\0", Appearance.XZ),
          entry("(\u00b5/\u00fd", Appearance.ZSTD),
          entry("]\0\0\u0080\0\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff", Appearance.LZMA),
          entry("\u0002!L\u0018", Appearance.LZ4_LEGACY),
          entry("LZIP\u0001\u0014", Appearance.LZIP),
          entry("\u0089LZO\0\r\n\u001a\n", Appearance.LZOP),
          entry("\u001f\u009d\u0090", Appearance.COMPRESS),
          entry("\u00ff\u0006\0\0sNaPpY\0", Appearance.SNAPPY),
          entry("\u00ff\u00ff\u00ff\u00ff\u0078\u0001\0\0\u0010", Appearance.ARROW),
          entry("\u00ff\u00ff\u00ff\u00ff\u0078\u0001\0\u0001\u0010", Appearance.UNKNOWN),
          entry("\u00ff\u00ff\u00ff\u00ff", Appearance.TEXT),
          entry("PARE\u0034\u0002\0\0\u0099", Appearance.ENCRYPTED_PARQUET),
          entry("PARE\u0015\u0004\u0015\u0010", Appearance.ENCRYPTED_PARQUET),
          entry("PARENT,tag\n1,2\n", Appearance.CSV),
          entry("LZIP is a tool", Appearance.TEXT),
          entry("\u007fELF", Appearance.PROGRAM),
          entry("\u001e{\"id\":1}\n", Appearance.JSON_SEQUENCE),
          entry("PK\u0003\u0004", Appearance.ZIP),
          entry(zip(0, "posts.json"), Appearance.ZIP),
          entry(zip(1, "posts.json"), Appearance.ENCRYPTED_ZIP),
          entry(zip(0, "model/data.pkl"), Appearance.TORCH),
          entry(zip(0, "[Content_Types].xml"), Appearance.OFFICE),
          entry(zip(0, "docProps/app.xml"), Appearance.OFFICE),
          entry(zip(0, "mimetype") + "application/vnd.oasis.opendocument", Appearance.OFFICE),
          entry("\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1", Appearance.OFFICE),
          entry("ORC\u0011", Appearance.ORC),
          entry("ARROW1\0\0", Appearance.ARROW),
          entry("FEA1", Appearance.ARROW),
          entry("Obj\u0001", Appearance.AVRO),
          entry("GGUF\u0003", Appearance.GGUF),
          entry("\u0080\u0002}", Appearance.PICKLE),
          entry("\u0080\u0005\u0095", Appearance.PICKLE),
          entry("\u0080\u0002\0\0\0\0\0\0{", Appearance.UNKNOWN),
          entry("7z\u00bc\u00af'\u001c", Appearance.SEVEN_ZIP),
          entry("Rar!\u001a\u0007", Appearance.RAR),
          entry("SQLite format 3\0", Appearance.SQLITE),
          entry("PAR1\u0015", Appearance.PARQUET),
          entry("\u0093NUMPY\u0001", Appearance.NUMPY),
          entry("\u0089PNG\r\n", Appearance.PNG),
          entry("\u00ff\u00d8\u00ff\u00e0", Appearance.JPEG),
          entry("GIF89a", Appearance.GIF),
          entry("RIFF1234WEBPVP8", Appearance.WEBP),
          entry("\0\0\0\0", Appearance.ZEROS),
          entry("\u0001\u0002\u0003", Appearance.UNKNOWN));

  /** The first header of a zip archive with these flags and this member. */
  private static String zip(int flags, String name) {
    String times = "\0".repeat(18);
    return "PK\u0003\u0004\n\0"
        + (char) flags
        + '\0'
        + times
        + (char) name.length()
        + "\0\0\0"
        + name;
  }

  @Test
  void tellsBinaryFormatsByTheirFirstBytes() {
    HEADS.forEach(
        (head, expected) ->
            assertEquals(expected, Appearance.of(head.getBytes(ISO_8859_1)), expected.name()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version https://git-lfs.github.com/spec/v1|LFS_POINTER",
        "'  <!DOCTYPE HTML PUBLIC>'|HTML",
        "'<?xml version=\"1.0\"?><html>'|HTML",
        "<Error><Code>AccessDenied</Code></Error>|XML",
        "'[ {\"id\": 1}]'|JSON_ARRAY",
        "{\"id\": 1}|JSON",
        "'id,md5'|CSV",
        "id\tmd5|CSV",
        "Access denied|TEXT"
      })
  void tellsTextsWithAndWithoutAMark(String text, Appearance expected) {
    assertEquals(expected, Appearance.of(text.getBytes(UTF_8)));
    assertEquals(expected, Appearance.of(("\uFEFF" + text).getBytes(UTF_8)));
  }

  @Test
  void tellsTextsOfTwoBytesALetterWithAndWithoutAMark() {
    assertEquals(Appearance.UTF_16, Appearance.of("{\"id\": 1}".getBytes(UTF_16)));
    assertEquals(Appearance.UTF_16, Appearance.of("{\"id\": 1}".getBytes(UTF_16LE)));
    assertEquals(Appearance.UTF_16, Appearance.of("{\"a\": \"一\"}".getBytes(UTF_16BE)));
    for (String wide : new String[] {"UTF-32LE", "UTF-32BE"}) {
      byte[] text = "{\"a\": \"一\"}".getBytes(Charset.forName(wide));
      assertEquals(Appearance.UTF_16, Appearance.of(text), wide);
    }
  }

  @Test
  void tellsWhatFollowsFramesThatAreToBeSkipped() {
    String frame = "\u0050*M\u0018\u0004\0\0\0abcd";
    String other = "\u005f*M\u0018\0\0\0\0";
    Map.of(
            frame + "(\u00b5/\u00fd",
            Appearance.ZSTD,
            frame + other + "\u0004\"M\u0018",
            Appearance.LZ4,
            frame,
            Appearance.ZSTD,
            "\u0050*M\u0018\u00ff\u00ff\u00ff\u00ff",
            Appearance.ZSTD,
            "\u0050*M\u0018",
            Appearance.ZSTD)
        .forEach(
            (head, expected) ->
                assertEquals(expected, Appearance.of(head.getBytes(ISO_8859_1)), head));
  }

  @Test
  void tellsProgramsAndNotTheTextsThatBeginAlike() {
    byte[] program = Arrays.copyOf("MZ\u0090".getBytes(ISO_8859_1), Appearance.HEAD);
    assertEquals(Appearance.UNKNOWN, Appearance.of(program));
    program[0x3c] = (byte) 0x80;
    System.arraycopy("PE\0\0".getBytes(ISO_8859_1), 0, program, 0x80, 4);
    assertEquals(Appearance.PROGRAM, Appearance.of(program));
    assertEquals(Appearance.TEXT, Appearance.of("MZ".getBytes(UTF_8)));
    byte[] tensors = "]\0\0\0\0\0\0\0{\"a\":{\"dtype\":".getBytes(UTF_8);
    assertEquals(Appearance.UNKNOWN, Appearance.of(tensors), "93 bytes of a header");
  }

  @Test
  void tellsATarByTheMarkInItsFirstHeader() {
    byte[] header = Arrays.copyOf("1.jpg".getBytes(UTF_8), Appearance.HEAD);
    System.arraycopy("ustar".getBytes(UTF_8), 0, header, 257, 5);
    assertEquals(Appearance.TAR, Appearance.of(header));
    assertEquals(Appearance.EMPTY, Appearance.of(new byte[0]));
  }

  @Test
  void theFailureNamesTheFileWhatItSeemsToBeAndWhatToDo() {
    String message =
        UnusableFileException.of("posts.json", "JSON lines", Appearance.LFS_POINTER).getMessage();
    assertEquals(
        "Cannot read posts.json as JSON lines: it seems to be a pointer of Git LFS"
            + " (fetch the file itself: git lfs pull)",
        message);
    for (Appearance each : Appearance.values()) {
      assertTrue(each.sentence().startsWith(each.words() + " ("), each.name());
    }
  }
}
