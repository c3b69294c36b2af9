package io.kohaku.post.json;

import static io.kohaku.post.json.PackedPosts.joined;
import static io.kohaku.post.json.PackedPosts.lines;
import static io.kohaku.post.json.PackedPosts.objects;
import static io.kohaku.post.json.PackedPosts.packed;
import static io.kohaku.post.json.PackedPosts.utf8;
import static io.kohaku.post.json.PackedPosts.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.json.PackedPosts.Packer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Binary files that few tools write, or that are no posts at all. */
class OddFilesTest {
  @TempDir Path folder;

  private List<Long> ids(String name, byte[] content) throws IOException {
    return PackedPosts.read(Files.write(folder.resolve(name), content), new ArrayList<>());
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  @Test
  void framesToBeSkippedMayComeFirst() throws IOException {
    byte[] frame = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 9, 9, 9, 9};
    for (Packer packer :
        List.<Packer>of(ZstdOutputStream::new, FramedLZ4CompressorOutputStream::new)) {
      byte[] first = packed(lines(1, 20), packer);
      byte[] second = packed(lines(21, 30), packer);
      for (String name : List.of("posts.json", "posts.lz4", "posts.zst")) {
        assertThat(ids(name, joined(frame, first))).isEqualTo(upTo(20));
        assertThat(ids(name, joined(frame, frame, first, frame, second))).isEqualTo(upTo(30));
      }
    }
  }

  @Test
  void binaryFilesOfNoPostsAreNamedWithWhatTheySeemToBe() {
    byte[] random = new byte[5000];
    new Random(7).nextBytes(random);
    byte[] lzma = joinedHead(0x5d, 0, 0, 0x80, 0, 255, 255, 255, 255, 255, 255, 255, 255);
    Map.of(
            "random", random,
            "compressed by lzma", lzma,
            "compressed by lz4 in its old form", joinedHead(2, 0x21, 0x4c, 0x18),
            "a program", joinedHead(0x7f, 'E', 'L', 'F'),
            "a JSON text sequence", utf8("\u001e" + objects(1, 30, "\n\u001e")))
        .forEach(
            (seen, content) ->
                assertThatThrownBy(() -> ids("posts.json", content))
                    .isInstanceOf(UnusableFileException.class)
                    .hasMessageMatching(
                        "Cannot read file:.*/posts.json as posts: it seems to be .*")
                    .hasMessageContaining(seen.replace("random", "not known here")));
  }

  /** These bytes and as many others as a header of tar has, whose sum is no number. */
  private static byte[] joinedHead(int... bytes) {
    byte[] head = new byte[2000];
    Arrays.fill(head, (byte) 0xee);
    for (int i = 0; i < bytes.length; i++) {
      head[i] = (byte) bytes[i];
    }
    return head;
  }

  @Test
  void anEncryptedZipIsNotCalledDamaged() throws IOException {
    byte[] zip = zip("posts.json", lines(1, 3));
    zip[6] |= 1;
    assertThatThrownBy(() -> ids("posts.zip", zip))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageEndingWith("it seems to be an encrypted zip archive (unpack it: 7z x)");
  }

  @Test
  void aLaterMemberThatIsEncryptedIsNamed() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int second;
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("a.json"));
      zip.closeEntry();
      zip.flush();
      second = bytes.size();
      zip.putNextEntry(new ZipEntry("b.json"));
      zip.closeEntry();
    }
    byte[] whole = bytes.toByteArray();
    whole[second + 6] |= 1;
    assertThatThrownBy(() -> ids("posts.zip", whole))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("member b.json is encrypted or")
        .hasMessageEndingWith("(unpack it: 7z x)");
  }
}
