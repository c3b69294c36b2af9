package io.kohaku.recipe;

import io.kohaku.provenance.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Follows every post from the dump to the latents: what is read must be selected, rejected or not
 * drawn, and what is selected must be encoded or rejected.
 */
public final class Accounting {
  private Accounting() {}

  /**
   * The sums as lines for people.
   *
   * @throws IllegalStateException if a sum does not add up, which is a bug
   */
  public static List<String> of(Map<String, Manifest> manifests) {
    List<String> lines = new ArrayList<>();
    Manifest select = manifests.get(StageNames.SELECT);
    if (select != null) {
      long selected = select.output(SelectJob.POSTS).rows();
      long notDrawn = select.counts().getOrDefault("not-drawn", 0L);
      lines.add(sum("posts read", select.counts().get("read"), selected, notDrawn, select));
    }
    Manifest encode = manifests.get(StageNames.ENCODE);
    if (encode != null) {
      long latents = encode.output("latents").rows();
      lines.add(sum("posts selected", encode.counts().get("selected"), latents, 0, encode));
    }
    return lines;
  }

  private static String sum(String what, long total, long kept, long notDrawn, Manifest manifest) {
    long rejected = manifest.rejects().values().stream().mapToLong(Long::longValue).sum();
    if (total != kept + notDrawn + rejected) {
      throw new IllegalStateException(
          "Cannot account for all %s: %s are not %s kept + %s not drawn + %s rejected"
              .formatted(what, total, kept, notDrawn, rejected));
    }
    String reasons =
        manifest.rejects().entrySet().stream()
            .map(reason -> reason.getKey() + " " + reason.getValue())
            .collect(Collectors.joining(", "));
    String keptAs = manifest.stage().equals(StageNames.SELECT) ? "selected" : "latents";
    String line = "%s %s = %s %s".formatted(what, total, keptAs, kept);
    line += notDrawn > 0 ? " + not drawn " + notDrawn : "";
    return rejected > 0 ? line + " + rejected " + rejected + " (" + reasons + ")" : line;
  }
}
