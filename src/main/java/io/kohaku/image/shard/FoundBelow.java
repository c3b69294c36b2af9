package io.kohaku.image.shard;

import io.kohaku.input.Appearance;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;

/** Counts what lies below a folder of shards, to tell someone who finds nothing there. */
final class FoundBelow {
  private final Map<Appearance, Integer> packed = new EnumMap<>(Appearance.class);
  private int archives;
  private int images;
  private int others;
  private String other = "";

  /** Counts a tar archive. */
  void archive() {
    archives++;
  }

  /** Counts a file that is not called a tar archive. */
  void count(FileStatus file) {
    String name = file.getPath().getName();
    Optional<Appearance> kind = PackedArchive.of(name);
    if (kind.isPresent()) {
      packed.merge(kind.get(), 1, Integer::sum);
    } else if (new TarMember(name, 0, 0).image().isPresent()) {
      images++;
    } else {
      others++;
      other = name;
    }
  }

  /** Counts what others found as well. */
  void add(FoundBelow more) {
    archives += more.archives;
    images += more.images;
    others += more.others;
    other = other.isEmpty() ? more.other : other;
    more.packed.forEach((kind, count) -> packed.merge(kind, count, Integer::sum));
  }

  /** Whether there is anything to index. */
  boolean isUsable() {
    return archives + images > 0;
  }

  /** What there is, in one line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(archives).append(" tar archives and ");
    text.append(images).append(" images named <post>.<extension> there");
    packed.forEach(
        (kind, count) ->
            text.append("; by their names ").append(count).append(" are ").append(kind.sentence()));
    if (others > 0) {
      text.append("; ").append(others).append(" other files, such as ").append(other);
    }
    return text.toString();
  }
}
