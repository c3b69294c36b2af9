package io.kohaku.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every known way to abuse the header of a safetensors file, and what the reader says. */
final class MalformedHeaderTest {
  @TempDir private Path folder;

  @Test
  void fileShorterThanItsLength() throws IOException {
    refuses(new byte[3], "3 bytes (a safetensors file begins with 8 bytes of length)");
  }

  @Test
  void headerLengthBeyondTheFile() throws IOException {
    refuses(length(1000), "header length 1000 (the file has 8 bytes)");
  }

  @Test
  void absurdHeaderLength() throws IOException {
    refuses(length(100_000_001), "header length 100000001 (at most 100000000)");
    refuses(length(-1), "header length 18446744073709551615 (at most 100000000)");
    refuses(length(Long.MIN_VALUE), "header length 9223372036854775808 (at most 100000000)");
  }

  @Test
  void noHeader() throws IOException {
    refuses(length(0), "header (must be a JSON object)");
    refuses("   ", "header (must be a JSON object)");
    refuses("[]", "header (must be a JSON object)");
    refuses("null", "header (must be a JSON object)");
  }

  @Test
  void brokenJson() throws IOException {
    refusesStarting("{", "header (must be JSON: Unexpected end-of-input");
    refusesStarting("{\"a\":", "header (must be JSON: Unexpected end-of-input");
    refusesStarting("{'a':1}", "header (must be JSON: Unexpected character");
    refuses("{} {}", "header (nothing may follow the JSON object)");
    refusesStarting("{}\0\0", "header (must be JSON: Illegal character");
  }

  @Test
  void invalidUtf8() throws IOException {
    byte[] header = "{\"__metadata__\":{\"a\":\"?\"}}".getBytes(StandardCharsets.UTF_8);
    for (int bad : new int[] {0xff, 0x80, 0xc0}) {
      byte[] broken = header.clone();
      broken[22] = (byte) bad;
      refuses(whole(broken, 0), "header (must be UTF-8)");
    }
    refuses("{\"__metadata__\":{\"a\":\"\\ud800\"}}", "text '\ud800' (must be Unicode)");
  }

  @Test
  void metadataThatIsNotTexts() throws IOException {
    refuses("{\"__metadata__\":7}", "__metadata__ (must be an object of texts)");
    refuses("{\"__metadata__\":{\"a\":1}}", "__metadata__ entry 'a' (must be a text)");
    refuses("{\"__metadata__\":{\"a\":{}}}", "__metadata__ entry 'a' (must be a text)");
    refuses("{\"__metadata__\":{\"a\":null}}", "__metadata__ entry 'a' (must be a text)");
  }

  @Test
  void metadataThatIsNullIsNone() throws IOException {
    String tensor = "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}";
    Path path =
        Files.write(folder.resolve("file"), whole("{\"__metadata__\":null," + tensor + "}", 1));
    try (SafeTensors file = SafeTensors.open(path)) {
      assertThat(file.metadata()).isEmpty();
      assertThat(file.tensors()).containsOnlyKeys("a");
    }
    refuses("{\"__metadata__\":[]}", "__metadata__ (must be an object of texts)");
  }

  @Test
  void duplicateKeys() throws IOException {
    String entry = "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
    refusesStarting("{" + entry + "," + entry + "}", "header (must be JSON: Duplicate field 'a'");
    refusesStarting(
        "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}",
        "header (must be JSON: Duplicate field 'k'");
    refusesStarting(
        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
        "header (must be JSON: Duplicate field 'dtype'");
  }

  @Test
  void deepNesting() throws IOException {
    refusesStarting(
        "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
        "tensor 'a' (must be an object)");
    refusesStarting(
        "{\"a\":{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}", "header (Depth (");
  }

  @Test
  void missingParts() throws IOException {
    refuses("{\"a\":{}}", "tensor 'a' (dtype is missing)");
    refuses("{\"a\":{\"dtype\":\"U8\"}}", "tensor 'a' (shape is missing)");
    refuses("{\"a\":{\"dtype\":\"U8\",\"shape\":[]}}", "tensor 'a' (data_offsets is missing)");
    refuses("{\"a\":1}", "tensor 'a' (must be an object)");
  }

  @Test
  void unknownTypeAndWrongKinds() throws IOException {
    refusesStarting(entry("U9", "[]", "[0,1]"), "tensor 'a' dtype 'U9' (one of [U64, I64,");
    refuses(
        "{\"a\":{\"dtype\":1,\"shape\":[],\"data_offsets\":[0,1]}}",
        "tensor 'a' dtype (must be a text)");
    refuses(entry("U8", "1", "[0,1]"), "tensor 'a' shape (must be a list of whole numbers)");
    refuses(entry("U8", "[1]", "[0]"), "tensor 'a' data_offsets (must be two numbers)");
    refuses(entry("U8", "[1]", "[0,1,2]"), "tensor 'a' data_offsets (at most 2 numbers)");
    refuses(
        entry("U8", "[" + "1,".repeat(64) + "1]", "[0,1]"),
        "tensor 'a' shape (at most 64 numbers)");
  }

  @Test
  void negativeAndOutOfRangeNumbers() throws IOException {
    String rule = " (must be whole numbers from 0 to 2^63-1)";
    refuses(entry("U8", "[-1]", "[0,1]"), "tensor 'a' shape '-1'" + rule);
    refuses(entry("U8", "[1.0]", "[0,1]"), "tensor 'a' shape '1.0'" + rule);
    refuses(entry("U8", "[null]", "[0,1]"), "tensor 'a' shape 'null'" + rule);
    refuses(entry("U8", "[1]", "[-1,0]"), "tensor 'a' data_offsets '-1'" + rule);
    refuses(
        entry("U8", "[1]", "[0,9223372036854775808]"),
        "tensor 'a' data_offsets '9223372036854775808'" + rule);
    refuses(entry("U8", "[1]", "[0,2]"), "tensor 'a' data_offsets [0, 2] (a U8[1] needs 1 bytes)");
    refuses(
        entry("U8", "[1]", "[9223372036854775806,9223372036854775807]"),
        "tensor 'a' data_offsets [9223372036854775806, 9223372036854775807] (must begin at 0, without"
            + " holes or overlaps)");
  }

  @Test
  void endBeforeBegin() throws IOException {
    refuses(
        entry("U8", "[1]", "[1,0]"),
        "tensor 'a' data_offsets [1, 0] (must not end before it begins)");
  }

  @Test
  void offsetsThatDoNotFitTheShape() throws IOException {
    refuses(
        entry("F32", "[1]", "[0,1]"), "tensor 'a' data_offsets [0, 1] (a F32[1] needs 4 bytes)");
    refuses(entry("U8", "[0]", "[0,1]"), "tensor 'a' data_offsets [0, 1] (a U8[0] needs 0 bytes)");
    refuses(entry("F4", "[1]", "[0,1]"), "tensor 'a' shape (a F4[1]: no whole number of bytes)");
  }

  @Test
  void shapeWhoseProductOverflows() throws IOException {
    refuses(
        entry("U8", "[4294967296,4294967296]", "[0,1]"),
        "tensor 'a' shape (a U8[4294967296, 4294967296]: long overflow)");
    refuses(
        entry("F32", "[4611686018427387904]", "[0,1]"),
        "tensor 'a' shape (a F32[4611686018427387904]: long overflow)");
    refuses(
        entry("F64", "[2305843009213693952]", "[0,0]"),
        "tensor 'a' shape (a F64[2305843009213693952]: long overflow)");
  }

  @Test
  void holesAndOverlaps() throws IOException {
    String two =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[%s],\"data_offsets\":[%s,%s]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[%s],\"data_offsets\":[%s,%s]}}";
    String rule = " (must begin at %s, without holes or overlaps)";
    refuses(
        whole(two.formatted(2, 0, 2, 2, 1, 3), 3),
        "tensor 'b' data_offsets [1, 3]" + rule.formatted(2));
    refuses(
        whole(two.formatted(2, 0, 2, 2, 0, 2), 2),
        "tensor 'b' data_offsets [0, 2]" + rule.formatted(2));
    refuses(
        whole(two.formatted(1, 0, 1, 1, 2, 3), 3),
        "tensor 'b' data_offsets [2, 3]" + rule.formatted(1));
    refuses(
        whole(entry("U8", "[1]", "[1,2]"), 2),
        "tensor 'a' data_offsets [1, 2]" + rule.formatted(0));
  }

  @Test
  void bytesAfterTheLastTensor() throws IOException {
    refuses(whole(entry("U8", "[1]", "[0,1]"), 9), "8 bytes after the last tensor (none allowed)");
    refuses(whole("{}", 1), "1 bytes after the last tensor (none allowed)");
  }

  @Test
  void longAndUnprintableNamesAreShortened() throws IOException {
    String name = "\\u0007" + "n".repeat(500);
    refuses("{\"" + name + "\":1}", "tensor '?" + "n".repeat(119) + "…' (must be an object)");
  }

  private static String entry(String dtype, String shape, String offsets) {
    return "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}"
        .formatted(dtype, shape, offsets);
  }

  private static byte[] length(long length) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
  }

  static byte[] whole(String header, int data) {
    return whole(header.getBytes(StandardCharsets.UTF_8), data);
  }

  private static byte[] whole(byte[] header, int data) {
    return ByteBuffer.allocate(8 + header.length + data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  /** One byte of data follows, as {@link #entry} needs. */
  private void refuses(String header, String problem) throws IOException {
    refuses(whole(header, 1), problem);
  }

  private void refuses(byte[] content, String problem) throws IOException {
    Path path = Files.write(folder.resolve("file"), content);
    assertThatThrownBy(() -> SafeTensors.open(path).close())
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("Invalid safetensors file " + path + ": " + problem);
  }

  private void refusesStarting(String header, String problem) throws IOException {
    Path path = Files.write(folder.resolve("file"), whole(header, 1));
    assertThatThrownBy(() -> SafeTensors.open(path).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid safetensors file " + path + ": " + problem);
  }
}
