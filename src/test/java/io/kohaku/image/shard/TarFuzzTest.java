package io.kohaku.image.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.image.RejectReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;

/**
 * Damages archives and looks whether each post has its own bytes still, or a reject says that
 * something is wrong. Left out is what no reader can tell, as only headers have check sums: changed
 * data, what PAX tells, good headers in other places. {@code -Dfuzz.rounds=1000000} tries longer.
 */
class TarFuzzTest {
  private static final int BLOCK = TarHeader.BLOCK;
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 2000);

  private static final String LIE = "believed: ";

  private final Random random = new Random(17);

  private enum Kind {
    HEADER,
    TOLD,
    DATA,
    END
  }

  /**
   * An archive as it was written.
   *
   * @param posts the bytes of each
   * @param kinds of its blocks
   * @param owners of its blocks: the post, or 0
   */
  private record Written(byte[] bytes, Map<Long, byte[]> posts, Kind[] kinds, long[] owners) {}

  /**
   * An archive after damage.
   *
   * @param touched posts whose own bytes or size are others now, so that nothing tells them
   */
  private record Damaged(String what, byte[] bytes, Set<Long> touched) {}

  @Test
  void eachPostHasItsOwnBytesOrSomethingIsSaid() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      Written written = write(1);
      Damaged damaged = damage(written);
      Map<Long, byte[]> posts = new TreeMap<>(written.posts);
      List<byte[]> others = new ArrayList<>();
      if (random.nextInt(8) == 0
          && !damaged.what.startsWith(LIE)
          && !damaged.what.endsWith("swapped")) {
        Written second = write(1 + random.nextInt(10));
        others.addAll(second.posts.values());
        second.posts.forEach(posts::putIfAbsent);
        damaged =
            new Damaged(
                damaged.what + " and another one behind",
                Archives.concat(damaged.bytes, second.bytes),
                damaged.touched);
      }
      check("round " + round + ": " + damaged.what, damaged, posts, others);
    }
  }

  private static void check(
      String what, Damaged damaged, Map<Long, byte[]> posts, List<byte[]> others)
      throws IOException {
    ArchiveBytes archive = Archives.stream(damaged.bytes);
    List<ArchiveEntry> entries = TarIndex.walk(archive);
    assertThat(archive.bytesRead()).as(what).isLessThan(4L * damaged.bytes.length + (1 << 17));
    Set<Long> missing = new HashSet<>(posts.keySet());
    boolean said = false;
    for (ArchiveEntry entry : entries) {
      if (entry instanceof ArchiveEntry.Member member) {
        long post = member.name().id();
        assertThat(posts.keySet()).as("%s: %s", what, entries).contains(post);
        missing.remove(post);
        byte[] bytes =
            Arrays.copyOfRange(
                damaged.bytes, (int) member.offset(), (int) (member.offset() + member.length()));
        assertThat(
                damaged.touched.contains(post)
                    || Arrays.equals(bytes, posts.get(post))
                    || others.stream().anyMatch(other -> Arrays.equals(bytes, other)))
            .as("%s: the bytes of post %s at %s", what, post, member.offset())
            .isTrue();
      } else if (((ArchiveEntry.Reject) entry).reason() != RejectReason.DUPLICATE) {
        said = true;
      }
    }
    assertThat(said || missing.isEmpty()).as("%s: %s missing, %s", what, missing, entries).isTrue();
  }

  private Written write(int first) throws IOException {
    int mode =
        random.nextBoolean()
            ? TarArchiveOutputStream.LONGFILE_GNU
            : TarArchiveOutputStream.LONGFILE_POSIX;
    boolean longNames = random.nextInt(3) > 0;
    Archives archive = Archives.longNames(mode);
    Map<Long, byte[]> posts = new TreeMap<>();
    int count = 1 + random.nextInt(6);
    for (long post = first; post < first + count; post++) {
      byte[] data = new byte[random.nextInt(4) == 0 ? 512 : 1 + random.nextInt(2500)];
      random.nextBytes(data);
      data[data.length - 1] |= 1; // Of zeros at the end nothing tells whether they were written.
      posts.put(post, data);
      archive.file((longNames ? trap() : "") + post + ".png", data);
    }
    byte[] bytes = archive.finish();
    Kind[] kinds = new Kind[bytes.length / BLOCK];
    long[] owners = new long[kinds.length];
    layOut(bytes, kinds, owners, first);
    return new Written(bytes, posts, kinds, owners);
  }

  /** A folder whose name, cut after 100 letters, is another post's image. */
  private String trap() {
    return "f".repeat(94) + "/" + (1 + random.nextInt(9)) + ".png" + "s/";
  }

  private static void layOut(byte[] bytes, Kind[] kinds, long[] owners, long first) {
    Arrays.fill(kinds, Kind.END);
    long post = first;
    int at = 0;
    while (bytes[at * BLOCK] != 0) {
      TarHeader header = TarHeader.of(block(bytes, at)).orElseThrow();
      int data = (int) (TarHeader.blocks(header.size()) / BLOCK);
      Kind kind = header.isExtension() ? Kind.TOLD : Kind.DATA;
      kinds[at] = Kind.HEADER;
      Arrays.fill(kinds, at + 1, at + 1 + data, kind);
      Arrays.fill(owners, at, at + 1 + data, post);
      post += header.isExtension() ? 0 : 1;
      at += 1 + data;
    }
  }

  private Damaged damage(Written written) {
    byte[] bytes = written.bytes.clone();
    int blocks = written.kinds.length;
    int one = random.nextInt(blocks);
    int other = random.nextInt(blocks);
    return switch (random.nextInt(8)) {
      case 0 -> flipped(written, bytes, random.nextInt(bytes.length * 8));
      case 1 -> flipped(written, bytes, 8 * BLOCK * header(written) + random.nextInt(8 * BLOCK));
      case 2 -> {
        int length = random.nextInt(bytes.length) | 1; // What is cut at a block may swallow others.
        yield new Damaged("cut after " + length, Arrays.copyOf(bytes, length), Set.of());
      }
      case 3 -> {
        byte[] rest = Arrays.copyOfRange(bytes, (one + 1) * BLOCK, bytes.length);
        boolean end = written.owners[one] == written.posts.size(); // The end may fill the gap.
        yield new Damaged(
            "without block " + one,
            Archives.concat(Arrays.copyOf(bytes, one * BLOCK), rest),
            end && written.kinds[one] == Kind.DATA ? Set.of(written.owners[one]) : Set.of());
      }
      case 4 ->
          new Damaged(
              "with block " + one + " twice",
              Archives.concat(
                  Arrays.copyOf(bytes, (one + 1) * BLOCK),
                  Arrays.copyOfRange(bytes, one * BLOCK, bytes.length)),
              Set.of());
      case 5 -> swapped(written, bytes, one, other);
      default -> resized(written, bytes);
    };
  }

  private int header(Written written) {
    int block = random.nextInt(written.kinds.length);
    while (written.kinds[block] != Kind.HEADER) {
      block = (block + 1) % written.kinds.length;
    }
    return block;
  }

  private static Damaged flipped(Written written, byte[] bytes, int bit) {
    int block = bit / 8 / BLOCK;
    if (written.kinds[block] == Kind.TOLD) {
      return new Damaged("whole", bytes, Set.of()); // No check sum guards what PAX headers tell.
    }
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    boolean own = written.kinds[block] == Kind.DATA;
    return new Damaged("bit " + bit, bytes, own ? Set.of(written.owners[block]) : Set.of());
  }

  private static Damaged swapped(Written written, byte[] bytes, int one, int other) {
    Kind first = written.kinds[one];
    Kind second = written.kinds[other];
    if (isOfNames(first) || isOfNames(second)) {
      return new Damaged("whole", bytes, Set.of()); // A good header in another place is believed.
    }
    byte[] kept = block(bytes, one);
    System.arraycopy(bytes, other * BLOCK, bytes, one * BLOCK, BLOCK);
    System.arraycopy(kept, 0, bytes, other * BLOCK, BLOCK);
    Set<Long> touched = new HashSet<>();
    if (first == Kind.DATA) {
      touched.add(written.owners[one]);
    }
    if (second == Kind.DATA) {
      touched.add(written.owners[other]);
    }
    return new Damaged("blocks " + one + " and " + other + " swapped", bytes, touched);
  }

  private static boolean isOfNames(Kind kind) {
    return kind == Kind.HEADER || kind == Kind.TOLD;
  }

  private Damaged resized(Written written, byte[] bytes) {
    int header = header(written);
    boolean member = !TarHeader.of(block(bytes, header)).orElseThrow().isExtension();
    int size = random.nextInt(random.nextBoolean() ? 1 << 30 : 6000);
    byte[] lying = bytes.clone();
    System.arraycopy(Archives.octal(size, 11), 0, lying, header * BLOCK + 124, 11);
    if (random.nextBoolean()) {
      Archives.mend(lying, header * BLOCK);
    }
    boolean believed = TarHeader.of(block(lying, header)).isPresent();
    if (believed && (!member || fits(written, header + 1 + (size + BLOCK - 1) / BLOCK))) {
      return new Damaged("whole", bytes, Set.of()); // A lie that fits is the truth.
    }
    return new Damaged(
        (believed ? LIE : "") + "block " + header + " of " + size + " bytes",
        lying,
        believed ? Set.of(written.owners[header]) : Set.of());
  }

  private static boolean fits(Written written, int end) {
    int blocks = written.kinds.length;
    return end == blocks || (end < blocks && written.kinds[end] != Kind.DATA);
  }

  private static byte[] block(byte[] bytes, int block) {
    return Arrays.copyOfRange(bytes, block * BLOCK, (block + 1) * BLOCK);
  }
}
