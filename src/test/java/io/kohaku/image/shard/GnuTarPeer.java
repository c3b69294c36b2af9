package io.kohaku.image.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the index with what GNU tar itself writes and unpacks; run by {@code bench/tar.sh}. */
class GnuTarPeer {
  /** Sizes around a block, of the files in/1.png, in/2.png and so on. */
  private static final int[] SIZES = {1, 511, 512, 513, 1024, 20_000, 3000};

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException, InterruptedException {
    assertThat(run("tar --version | grep -q 'GNU tar'")).as("GNU tar is installed").isZero();
    Random random = new Random(5);
    for (int i = 0; i < SIZES.length; i++) {
      byte[] bytes = new byte[SIZES[i]];
      random.nextBytes(bytes);
      Files.createDirectories(folder.resolve("in"));
      Files.write(folder.resolve("in/" + (i + 1) + ".png"), bytes);
    }
  }

  /** What a shell does to write a.tar; its members are to be found as they are unpacked. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tar -cf a.tar in",
        "tar --format=v7 -cf a.tar in",
        "tar --format=ustar -cf a.tar in",
        "tar --format=oldgnu -cf a.tar in",
        "tar --format=pax -cf a.tar in",
        "tar -b 1 -cf a.tar in",
        "tar -b 64 -cf a.tar in",
        // Names: long, of two bytes a letter, of no encoding, with letters that a shell knows.
        "$long; tar --format=gnu -cf a.tar in",
        "$long; tar --format=oldgnu -cf a.tar in",
        "$long; tar --format=pax -cf a.tar in",
        "$long; tar --format=ustar -cf a.tar in; true",
        "mkdir in/日本語 \"$(printf 'in/caf\\351')\" 'in/a b[1]{2}#:'; for i in in/*/; do"
            + " mv \"$(ls in/*.png | head -1)\" \"$i\"; done; tar -cf a.tar in",
        "mkdir \"$(printf 'in/caf\\351')\"; mv in/1.png in/caf*; tar --format=pax -cf a.tar in",
        // Numbers that octal digits cannot hold.
        "tar --format=gnu --owner=:4000000000 --mtime=@-86400 -cf a.tar in",
        "tar --format=pax --owner=:4000000000 --mtime=@99999999999 -cf a.tar in",
        "tar --format=pax --pax-option=globexthdr.name=g,comment=global,path:=in/77.png -cf a.tar"
            + " in/3.png",
        // Members of one name, archives behind each other, members taken out again.
        "tar -cf a.tar in; cp in/2.png in/1.png; tar -rf a.tar in/1.png",
        "tar -cf a.tar in; cp in/2.png in/1.png; tar -uf a.tar in/1.png",
        "tar -cf a.tar in; : >in/1.png; tar -rf a.tar in/1.png",
        "tar -cf a.tar in; rm in/1.png; ln -s 2.png in/1.png; tar -rf a.tar in/1.png",
        "tar -cf a.tar in; rm in/1.png; mkfifo in/1.png; tar -rf a.tar in/1.png",
        "tar -cf a.tar in/1.png in/2.png; tar -cf b.tar in/3.png; tar -Af a.tar b.tar",
        "tar -cf b.tar in/1.png in/2.png; tar -cf c.tar in/3.png; cat b.tar c.tar >a.tar",
        "tar -b 1 -cf b.tar in/1.png; tar --format=v7 -cf c.tar in/3.png; cat b.tar c.tar >a.tar",
        "tar -cf a.tar in; tar --delete -f a.tar in/2.png",
        // Links, which stand in the archive in the order of the names given.
        "ln in/1.png in/91.png; tar -cf a.tar in/91.png in/1.png",
        "ln in/1.png in/91.png; tar -cf a.tar in/1.png in/91.png; cp in/2.png in/x; mv in/x"
            + " in/1.png; tar -rf a.tar in/1.png",
        "ln -s 1.png in/91.png; tar -cf a.tar in/91.png in/1.png",
        "ln -s 1.png in/91.png; ln -s 91.png in/92.png; tar -cf a.tar in/92.png in/91.png in/1.png",
        "ln -s 1.png in/91.png; tar -cf a.tar in/1.png in/91.png; cp in/2.png in/1.png; tar -rf"
            + " a.tar in/1.png",
        "ln -s 1.png in/91.png; ln in/91.png in/92.png; tar -cf a.tar in/1.png in/91.png in/92.png",
        "mkdir in/sub; ln -s ../1.png in/sub/91.png; ln -s ./sub/../1.png in/92.png; tar -cf a.tar"
            + " in",
        "ln -s 92.png in/91.png; ln -s 91.png in/92.png; ln -s none.png in/93.png; tar -cf a.tar in",
        "ln -s 1.png in/91.png; ln in/1.png in/92.png; tar --format=v7 -cf a.tar in",
        // Folders with lists of what is in them, a label, attributes.
        "tar -cGf a.tar in",
        "tar -V label -cf a.tar in",
        "tar --format=pax --xattrs --acls --selinux -cf a.tar in; true",
      })
  void findsWhatTarUnpacks(String script) throws IOException, InterruptedException {
    Found found = index(script);
    assertThat(found.posts).isEqualTo(unpacked(script));
  }

  /** Files with holes are left out with a reject, whatever the form of the holes. */
  @ParameterizedTest
  @ValueSource(
      strings = {"gnu", "oldgnu", "pax --sparse-version=0.0", "pax --sparse-version=0.1", "pax"})
  void leavesOutFilesWithHoles(String format) throws IOException, InterruptedException {
    String holes =
        "for i in $(seq 40); do printf x | dd of=in/8.png bs=1 seek=${i}00000 2>/dev/null; done; ";
    Found found =
        index(holes + "tar -Scf a.tar --format=" + format + " in/1.png in/8.png in/2.png");
    assertThat(found.posts).containsOnlyKeys(1L, 2L).isEqualTo(originals(found));
    assertThat(found.rejects).containsExactly("sparse-file: in/8.png");
  }

  /** What follows a cut, and whatever is split: never other bytes, and something is said. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tar -b 1 -cf b.tar in; head -c 2000 b.tar >a.tar",
        "tar -b 1 -cf b.tar in; head -c 1536 b.tar >a.tar",
        "tar -b 1 -cf b.tar in; head -c 2048 b.tar >a.tar; tar -rf a.tar in/7.png; true",
        "tar -b 1 -cf b.tar in; head -c 3000 b.tar >a.tar; tar -cf c.tar in/7.png; cat c.tar >>a.tar",
        "tar -b 1 -cf b.tar in; head -c 9216 b.tar >a.tar; tar -cf c.tar in/7.png; cat c.tar >>a.tar",
        "tar -cM -L 20 -f a.tar -f b.tar -f c.tar in",
        "tar -cM -L 20 -f c.tar -f a.tar -f b.tar in",
        "tar --format=pax -cM -L 20 -f c.tar -f a.tar -f b.tar in",
      })
  void saysWhatIsCut(String script) throws IOException, InterruptedException {
    Found found = index(script);
    assertThat(found.posts).isEqualTo(originals(found));
    assertThat(found.rejects).isNotEmpty();
  }

  private record Found(Map<Long, String> posts, List<String> rejects) {}

  private Found index(String script) throws IOException, InterruptedException {
    assertThat(run(script)).as(script).isZero();
    byte[] archive = Files.readAllBytes(folder.resolve("a.tar"));
    Found found = new Found(new TreeMap<>(), new ArrayList<>());
    for (ArchiveEntry entry : Archives.walk(archive)) {
      if (entry instanceof ArchiveEntry.Member member) {
        int begin = (int) member.offset();
        found.posts.put(
            member.name().id(),
            hash(Arrays.copyOfRange(archive, begin, begin + (int) member.length())));
      } else {
        found.rejects.add(TarIndexTest.text(entry));
      }
    }
    return found;
  }

  private Map<Long, String> unpacked(String script) throws IOException, InterruptedException {
    assertThat(run("mkdir out; tar -C out --ignore-zeros -xf a.tar")).as(script).isZero();
    Map<Long, String> posts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        String name = file.getFileName().toString();
        if (bytes.length > 0) {
          posts.put(Long.valueOf(name.substring(0, name.indexOf('.'))), hash(bytes));
        }
      }
    }
    return posts;
  }

  private Map<Long, String> originals(Found found) throws IOException {
    Map<Long, String> posts = new TreeMap<>();
    for (long post : found.posts.keySet()) {
      posts.put(post, hash(Files.readAllBytes(folder.resolve("in/" + post + ".png"))));
    }
    return posts;
  }

  private static String hash(byte[] bytes) {
    return bytes.length + " bytes " + Arrays.hashCode(bytes);
  }

  private int run(String script) throws IOException, InterruptedException {
    String folders = "f".repeat(90) + "/" + "g".repeat(90) + "/" + "h".repeat(200);
    String longNames =
        "mkdir -p in/%s; mv in/1.png in/%s; mv in/2.png in/%s"
            .formatted(folders, folders, "f".repeat(90));
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", script.replace("$long", longNames));
    shell.directory(folder.toFile()).redirectErrorStream(true);
    shell.redirectInput(Path.of("/dev/null").toFile());
    shell.redirectOutput(folder.resolve("log").toFile());
    shell.environment().put("LC_ALL", "C");
    return shell.start().waitFor();
  }
}
