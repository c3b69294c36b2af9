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
  private final Map<String, TarMember> files = new HashMap<>();

  /** Where among the entries the files stand that are images. */
  private final Map<String, Integer> images = new HashMap<>();

  private final Map<String, Symlink> symlinks = new LinkedHashMap<>();

  private record Symlink(String path, String target) {
    @Override
    public String toString() {
      return path + ": a link to " + target;
    }
  }

  /** Notes what is left out, whatever its name is. */
  void reject(RejectReason reason, String detail) {
    entries.add(new ArchiveEntry.Reject(reason, detail));
  }

  /** Notes a member that is left out; what had its name before is gone all the same. */
  void lose(String path, RejectReason reason, String detail) {
    replace(plain(path));
    reject(reason, detail);
  }

  /** Notes a file; it takes the place of what had its name before. */
  void file(TarMember member) {
    String name = plain(member.path());
    try {
      MemberName image = MemberName.parse(member.path());
      if (member.length() == 0) {
        lose(name, RejectReason.TRUNCATED, member.toString());
        return;
      }
      replace(name);
      files.put(name, member);
      images.put(name, entries.size());
      entries.add(new ArchiveEntry.Member(image, member.offset(), member.length()));
    } catch (ImageRejected e) {
      reject(e.reason(), e.getMessage());
      if (e.reason() != RejectReason.UNSAFE_NAME) {
        replace(name);
        files.put(name, member);
      }
    }
  }

  /** Notes another name of an earlier member. */
  void hardLink(String path, String target) {
    String name = plain(target);
    if (name.equals(plain(path))) {
      return; // To itself, of which nothing becomes.
    }
    if (symlinks.containsKey(name)) {
      symbolicLink(path, symlinks.get(name).target);
    } else if (files.containsKey(name)) {
      file(files.get(name).named(path));
    } else {
      lose(
          path,
          RejectReason.NOT_A_FILE,
          path + ": a hard link to " + target + ", which no member before it is");
    }
  }

  /** Notes a link that is looked through when all members are known. */
  void symbolicLink(String path, String target) {
    replace(plain(path));
    symlinks.put(plain(path), new Symlink(path, target));
  }

  private void replace(String name) {
    TarMember file = files.remove(name);
    Symlink link = symlinks.remove(name);
    Integer image = images.remove(name);
    if (image != null) {
      entries.set(image, replaced(file));
    } else if (link != null) {
      entries.add(replaced(link));
    }
  }

  private static ArchiveEntry replaced(Object older) {
    return new ArchiveEntry.Reject(
        RejectReason.DUPLICATE, older + ", which a later member of this name replaces");
  }

  /** All that was found, in the archive's order. */
  List<ArchiveEntry> finish() {
    Map<Symlink, TarMember> targets = new LinkedHashMap<>();
    symlinks.values().forEach(link -> targets.put(link, behind(link)));
    symlinks.clear();
    targets.forEach(
        (link, target) -> {
          if (target == null) {
            reject(RejectReason.NOT_A_FILE, link + ", which is no file of the archive");
          } else {
            file(target.named(link.path));
          }
        });
    return entries;
  }

  private TarMember behind(Symlink first) {
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
