package io.kohaku.image.shard;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.RejectReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an archive would leave in a folder if it was unpacked: of members of one name the last, and
 * behind links what they point to.
 */
final class TarContents {
  private static final int MOST_LINKS = 40;

  private final List<ArchiveEntry> entries = new ArrayList<>();
  private final Map<String, Found> files = new HashMap<>();
  private final Map<String, Symlink> symlinks = new LinkedHashMap<>();

  /**
   * A file.
   *
   * @param entry its place among the entries
   */
  private record Found(TarMember member, int entry) {}

  private record Symlink(String path, String target) {}

  /** Notes what is left out. */
  void reject(RejectReason reason, String detail) {
    entries.add(new ArchiveEntry.Reject(reason, detail));
  }

  /** Notes a file; it takes the place of an earlier one of the same name. */
  void file(TarMember member) {
    String name = plain(member.path());
    Found older = files.get(name);
    if (older != null && older.member.offset() == member.offset()) {
      return; // A link to itself.
    }
    try {
      MemberName image = MemberName.parse(member.path());
      if (member.length() == 0) {
        reject(RejectReason.TRUNCATED, member.toString());
        return;
      }
      if (older != null) {
        replaced(older, member);
      }
      forget(symlinks.remove(name));
      files.put(name, new Found(member, entries.size()));
      entries.add(new ArchiveEntry.Member(image, member.offset(), member.length()));
    } catch (ImageRejected e) {
      reject(e.reason(), e.getMessage());
      if (e.reason() != RejectReason.UNSAFE_NAME) {
        files.put(name, new Found(member, entries.size()));
      }
    }
  }

  private void replaced(Found older, TarMember newer) {
    entries.set(
        older.entry,
        new ArchiveEntry.Reject(
            RejectReason.DUPLICATE,
            older.member + ", for which newer ones are at " + newer.offset()));
  }

  /** Notes another name of an earlier member. */
  void hardLink(String path, String target) {
    Found found = files.get(plain(target));
    if (found == null) {
      reject(
          RejectReason.NOT_A_FILE,
          path + ": a hard link to " + target + ", which no member before it is");
    } else {
      file(found.member.named(path));
    }
  }

  /** Notes a link that is looked through when all members are known. */
  void symbolicLink(String path, String target) {
    forget(symlinks.put(plain(path), new Symlink(path, target)));
  }

  private void forget(Symlink older) {
    if (older != null) {
      reject(
          RejectReason.DUPLICATE,
          "%s: a link to %s, which a newer member replaces".formatted(older.path, older.target));
    }
  }

  /** All that was found, in the archive's order. */
  List<ArchiveEntry> finish() {
    List<Symlink> links = List.copyOf(symlinks.values());
    List<Found> targets = new ArrayList<>();
    links.forEach(link -> targets.add(behind(link)));
    symlinks.clear();
    for (int i = 0; i < links.size(); i++) {
      Symlink link = links.get(i);
      Found target = targets.get(i);
      if (target == null) {
        reject(
            RejectReason.NOT_A_FILE,
            link.path + ": a link to " + link.target + ", which is no member of the archive");
      } else {
        file(target.member.named(link.path));
      }
    }
    return entries;
  }

  private Found behind(Symlink first) {
    Symlink link = first;
    for (int i = 0; i < MOST_LINKS && link != null && !link.target.startsWith("/"); i++) {
      String folder = link.path.substring(0, link.path.lastIndexOf('/') + 1);
      String name = plain(folder + link.target);
      link = symlinks.get(name);
      if (link == null) {
        return files.get(name);
      }
    }
    return null;
  }

  /** The name without steps that lead nowhere: {@code ./a//b/../1.png} is {@code a/1.png}. */
  private static String plain(String path) {
    Deque<String> steps = new ArrayDeque<>();
    for (String step : path.split("/")) {
      if (step.equals("..") && !steps.isEmpty() && !steps.peekLast().equals("..")) {
        steps.removeLast();
      } else if (!step.isEmpty() && !step.equals(".")) {
        steps.addLast(step);
      }
    }
    return String.join("/", steps);
  }
}
