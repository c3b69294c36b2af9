package io.kohaku.post.json;

import static io.kohaku.post.json.PackedPosts.gzip;
import static io.kohaku.post.json.PackedPosts.joined;
import static io.kohaku.post.json.PackedPosts.lines;
import static io.kohaku.post.json.PackedPosts.objects;
import static io.kohaku.post.json.PackedPosts.packed;
import static io.kohaku.post.json.PackedPosts.tar;
import static io.kohaku.post.json.PackedPosts.utf8;
import static io.kohaku.post.json.PackedPosts.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.json.PackedPosts.Packer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dumps are packed in, told by their bytes: every name here says nothing, or the wrong. */
class PackedPostsTest {
  @TempDir Path folder;
  private final Configuration hadoop = new Configuration();

  /** The ids of all texts in a file that are not blank, -1 for none; where they stand. */
  private List<Long> ids(String name, byte[] content) throws IOException {
    return read(name, content, new ArrayList<>());
  }

  private List<Long> read(String name, byte[] content, List<String> places) throws IOException {
    return PackedPosts.read(Files.write(folder.resolve(name), content), places);
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  @Test
  void everyCompressionIsReadWhateverTheNameSays() throws IOException {
    byte[] text = lines(1, 50);
    List<Packer> packers =
        List.of(
            GZIPOutputStream::new,
            BZip2CompressorOutputStream::new,
            XZCompressorOutputStream::new,
            ZstdOutputStream::new,
            FramedLZ4CompressorOutputStream::new);
    for (Packer packer : packers) {
      byte[] first = packed(lines(1, 20), packer);
      byte[] second = packed(lines(21, 50), packer);
      assertThat(ids("posts.json", packed(text, packer))).isEqualTo(upTo(50));
      assertThat(ids("posts.zst", joined(first, second))).isEqualTo(upTo(50));
      byte[] cut = Arrays.copyOf(first, first.length - 5);
      assertThatThrownBy(() -> ids("posts.gz", cut))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageMatching("Cannot read file:.*/posts.gz after line \\d+: .+ \\(it is cut .*");
    }
    assertThat(ids("plain.json.gz", text)).as("a client unpacked it").isEqualTo(upTo(50));
    assertThat(ids("twice", gzip(gzip(text)))).isEqualTo(upTo(50));
  }

  @Test
  void zerosBehindGzipArePaddingAndAnythingElseIsAnError() throws IOException {
    byte[] zeros = new byte[70_000];
    byte[] first = gzip(lines(1, 20));
    byte[] padded = joined(first, zeros, gzip(lines(21, 30)), zeros);
    assertThat(ids("posts.json", padded)).isEqualTo(upTo(30));
    assertThatThrownBy(() -> ids("posts.json", joined(first, lines(21, 30))))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("what follows the end of its gzip stream is neither gzip nor zeros");
  }

  @Test
  void everyMemberOfAnArchiveIsReadFromItsFirstLine() throws IOException {
    byte[] tar =
        tar(
            "./metadata/",
            new byte[0],
            "./metadata/part0.json",
            lines(1, 25),
            "._part0.json",
            utf8("Mac OS X        "),
            "metadata/_SUCCESS",
            new byte[0],
            "metadata/empty.json",
            new byte[0],
            "x".repeat(150) + "/part1.json",
            lines(26, 49),
            "metadata/part2.json",
            utf8(objects(50, 50, "")));
    List<String> places = new ArrayList<>();
    assertThat(read("posts.bin", tar, places)).isEqualTo(upTo(50));
    assertThat(places)
        .startsWith("!/./metadata/part0.json:1", "!/./metadata/part0.json:2")
        .endsWith("!/metadata/part2.json:1");
    assertThat(ids("posts.tar.gz", packed(tar, XZCompressorOutputStream::new))).isEqualTo(upTo(50));
    assertThat(ids("two.tar", joined(tar, tar("z", lines(51, 60))))).isEqualTo(upTo(60));
    byte[] zip =
        zip(
            "a/", new byte[0],
            "a/b.json.gz", gzip(lines(1, 9)),
            "__MACOSX/a/b.json", utf8("Mac OS X"),
            "c.tar",
                tar(
                    "d",
                    lines(10, 20),
                    "e.xz",
                    packed(lines(21, 30), XZCompressorOutputStream::new)),
            "f.json", utf8("[" + objects(31, 40, ",") + "]"));
    assertThat(ids("posts.json", zip)).isEqualTo(upTo(40));
  }

  @Test
  void anArchiveThatIsCutOffIsAnError() throws IOException {
    byte[] zip = zip("a", lines(1, 9), "b", lines(10, 20));
    byte[] tar = tar("a", lines(1, 9), "b", lines(10, 20));
    byte[] damaged = tar.clone();
    damaged[joined(tar("a", lines(1, 9))).length - 1024 + 3] ^= 1;
    byte[] between = Arrays.copyOf(tar, tar("a", lines(1, 9)).length - 1024);
    int second = new String(zip, StandardCharsets.ISO_8859_1).lastIndexOf("PK\3\4");
    int directory = new String(zip, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    byte[] changed = zip.clone();
    changed[directory - 16 + 5] ^= 1;
    for (byte[] wrong :
        List.of(
            Arrays.copyOf(zip, second),
            Arrays.copyOf(zip, directory),
            Arrays.copyOf(zip, second - 9),
            changed,
            Arrays.copyOf(tar, 700),
            between,
            joined(tar, utf8("not an archive".repeat(90))),
            damaged)) {
      assertThatThrownBy(() -> ids("posts.bin", wrong))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageContaining("it is cut off or damaged: fetch it again");
    }
  }

  @Test
  void arraysAndPrintedObjectsAreReadOneByOne() throws IOException {
    String many = objects(1, 3000, ",");
    assertThat(ids("one-line.json", utf8("[" + many + "]"))).isEqualTo(upTo(3000));
    assertThat(ids("marked.json", utf8("\uFEFF [\r\n" + objects(1, 9, "\r\n,") + "\r\n]\n")))
        .isEqualTo(upTo(9));
    String printed = objects(1, 4, "\n").replace("{\"id\"", "{\n  \"id\"");
    assertThat(ids("printed.json", utf8(printed))).isEqualTo(upTo(4));
    assertThat(ids("array.json.gz", gzip(utf8("[" + many + "]\n[{\"id\":3001}]"))))
        .isEqualTo(upTo(3001));
    assertThat(ids("odd.json", utf8("[{\"id\":1},[2],7,null,{\"a\":NaN,\"id\":2.0}]")))
        .containsExactly(1L, -1L, -1L, -1L, 2L);
    assertThatThrownBy(() -> ids("cut.json", utf8("[" + objects(1, 3, ",") + ",{\"id\":")))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("/cut.json after line 3: Unexpected end-of-input");
  }

  @Test
  void marksLineEndsAndBlankLinesAreNoPosts() throws IOException {
    String text = "\uFEFF" + objects(1, 3, "\r\n") + "\r\n \t\n\n\uFEFF\n" + objects(4, 4, "");
    assertThat(ids("marked.json", utf8(text))).isEqualTo(upTo(4));
    assertThat(ids("late.json", utf8("# made in 2022\n" + objects(1, 2, "\n"))))
        .containsExactly(-1L, 1L, 2L);
    assertThat(ids("unfinished.json", joined(lines(1, 2), new byte[50])))
        .as("zeros stand for posts that never came")
        .containsExactly(1L, 2L, -1L);
    assertThat(ids("blank.json", utf8("\n\n \n"))).isEmpty();
  }

  @Test
  void aFileOfAnotherFormatIsNamedWithWhatItSeemsToBe() throws IOException {
    assertOther(
        "a pointer of Git LFS", utf8("version https://git-lfs.github.com/spec/v1\noid x\n"));
    assertOther("a web page", utf8("<!DOCTYPE html>\n<html>\n429\n</html>\n"));
    assertOther("an XML text", utf8("<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code>\n"));
    assertOther("a text in UTF-16", "{\"id\":1}\n".getBytes(StandardCharsets.UTF_16LE));
    assertOther("a text in UTF-16", "{\"id\":1}\n".getBytes(StandardCharsets.UTF_16));
    assertOther("a table of values", utf8("id,rating,score\n1,s,3\n2,g,4\n"));
    assertOther("a text", utf8("see the other folder\n"));
    assertOther("a SQLite database", utf8("SQLite format 3\0\20\0\1\1"));
    assertOther("a Parquet file", utf8("PAR1\25\4\25\20"));
    assertOther("a 7z archive", new byte[] {'7', 'z', (byte) 0xbc, (byte) 0xaf, 0x27, 0x1c, 0, 4});
    assertOther("nothing but zeros", new byte[100]);
    assertOther("of a format that is not known here", new byte[] {1, 2, 3, 4, 5, 6, 7});
  }

  private void assertOther(String words, byte[] content) throws IOException {
    assertThatThrownBy(() -> ids("posts.json", content))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageMatching(
            "Cannot read file:.*/posts.json as posts: it seems to be " + words + ".*");
    assertThatThrownBy(() -> ids("posts.json.gz", gzip(content)))
        .hasMessageContaining("it seems to be " + words);
    byte[] among = tar("a.json", lines(1, 3), "b/wrong.json", content);
    assertThatThrownBy(() -> ids("posts.tar", among))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("/posts.tar!/b/wrong.json as posts: it seems to be " + words);
  }
}
