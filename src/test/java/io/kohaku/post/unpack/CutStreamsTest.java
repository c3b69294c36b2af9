package io.kohaku.post.unpack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several compressed streams in one file, which is cut anywhere. */
class CutStreamsTest {
  private interface Packer {
    OutputStream around(OutputStream out) throws IOException;
  }

  private static final Map<String, Packer> PACKERS =
      Map.of(
          "gzip", GZIPOutputStream::new,
          "bzip2", BZip2CompressorOutputStream::new,
          "xz", XZCompressorOutputStream::new,
          "zstd", ZstdOutputStream::new,
          "zstd with sums", out -> new ZstdOutputStream(out).setChecksum(true),
          "lz4", FramedLZ4CompressorOutputStream::new);

  private static byte[] packed(String text, Packer packer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = packer.around(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static String unpacked(byte[] file) throws IOException {
    StringBuilder texts = new StringBuilder();
    try (Unpacking unpacking = new Unpacking("posts", new ByteArrayInputStream(file))) {
      while (unpacking.next()) {
        texts.append(new String(unpacking.text().readAllBytes(), UTF_8));
      }
    }
    return texts.toString();
  }

  /** A text that no compression makes much shorter. */
  private static String noise(int seed, int bytes) {
    byte[] noise = new byte[bytes];
    new Random(seed).nextBytes(noise);
    return Base64.getEncoder().encodeToString(noise);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "bzip2", "xz", "zstd", "zstd with sums", "lz4"})
  void aFileThatIsCutInsideAnyOfItsStreamsIsRefused(String name) throws IOException {
    List<String> texts = List.of("{\"id\":1}\n", noise(1, 60), "{\"id\":3}\n");
    byte[] first = packed(texts.get(0), PACKERS.get(name));
    byte[] second = packed(texts.get(1), PACKERS.get(name));
    byte[] whole = joined(first, second, packed(texts.get(2), PACKERS.get(name)));
    Map<Integer, String> between =
        Map.of(
            first.length,
            texts.get(0),
            first.length + second.length,
            texts.get(0) + texts.get(1),
            whole.length,
            String.join("", texts));
    // The first six bytes tell what it is.
    for (int cut = 6; cut <= whole.length; cut++) {
      byte[] file = Arrays.copyOf(whole, cut);
      if (between.containsKey(cut)) {
        assertThat(unpacked(file)).isEqualTo(between.get(cut));
        assertThat(unpacked(packed(file))).as("in gzip").isEqualTo(between.get(cut));
      } else {
        assertThatThrownBy(() -> unpacked(file))
            .as("%s bytes", cut)
            .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> unpacked(packed(file)))
            .as("%s bytes in gzip", cut)
            .isInstanceOf(IOException.class);
      }
    }
  }

  private static byte[] packed(byte[] file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(file);
    }
    return bytes.toByteArray();
  }

  @Test
  void framesOfZstdThatHoldNothingAreReadWhereverTheyAre() throws IOException {
    byte[] skipped = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 9, 9, 9, 9};
    byte[] empty = packed("", ZstdOutputStream::new);
    byte[] text = packed("{\"id\":1}\n", ZstdOutputStream::new);
    byte[] whole = joined(skipped, empty, text, empty, skipped);
    assertThat(unpacked(whole)).isEqualTo("{\"id\":1}\n");
    assertThat(unpacked(joined(empty, empty))).isEmpty();
    byte[] cut = Arrays.copyOf(whole, whole.length - 1);
    assertThatThrownBy(() -> unpacked(cut)).isInstanceOf(IOException.class);
  }

  @Test
  void framesOfZstdThatEndWhereItsStreamReadsOnAreReadAndNotTakenForWhole() throws IOException {
    // zstd's stream reads 131,075 bytes at a time; the first text ends about there.
    byte[] first = packed("{\"id\":1}\n", ZstdOutputStream::new);
    String text = noise(2, 300_000);
    byte[] second = packed(text, ZstdOutputStream::new);
    for (int end = 131_070; end <= 131_078; end++) {
      int padding = end - first.length - 8;
      byte[] frame = new byte[8 + padding];
      ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(0x184d2a50).putInt(padding);
      byte[] whole = joined(frame, first, second);
      assertThat(unpacked(whole)).isEqualTo("{\"id\":1}\n" + text);
      for (int cut : List.of(end + 1, end + 5, whole.length - 1)) {
        byte[] file = Arrays.copyOf(whole, cut);
        assertThatThrownBy(() -> unpacked(file)).as("%s", cut).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void theLastByteAloneComesInAReadOfItsOwn() throws IOException {
    byte[] bytes = {1, -1, 3, 4};
    for (int length = 1; length <= 5; length++) {
      LastByteAlone in = new LastByteAlone(new ByteArrayInputStream(bytes));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] target = new byte[length];
      int last = 0;
      for (int read = in.read(target); read >= 0; read = in.read(target)) {
        all.write(target, 0, read);
        last = read;
      }
      assertThat(all.toByteArray()).isEqualTo(bytes);
      assertThat(last).isEqualTo(1);
      assertThat(in.read()).isEqualTo(-1);
    }
    assertThat(new LastByteAlone(new ByteArrayInputStream(new byte[0])).read()).isEqualTo(-1);
  }
}
