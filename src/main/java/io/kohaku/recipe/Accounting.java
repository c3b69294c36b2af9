package io.kohaku.recipe;

import io.kohaku.latent.encode.LatentCounts;
import io.kohaku.provenance.Manifest;
import io.kohaku.train.run.RunStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Follows every post from the dump to the latents: what is read must be selected, rejected or not
 * drawn, what is selected must have a latent or be rejected, and every latent is reused, imported
 * or encoded. An update of the training is applied or left out.
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
      String kept = "selected " + selected;
      lines.add(sum("posts read", select.counts().get("read"), selected, kept, notDrawn, select));
    }
    Manifest encode = manifests.get(StageNames.ENCODE);
    if (encode != null) {
      long latents = encode.output(EncodeJob.LATENTS).rows();
      String kept = latents(latents, LatentCounts.of(encode.counts()));
      lines.add(sum("posts selected", encode.counts().get("selected"), latents, kept, 0, encode));
    }
    Manifest train = manifests.get(StageNames.TRAIN);
    if (train != null && train.counts().containsKey(TrainJob.LEFT_OUT)) {
      long updates = train.counts().get(RunStart.UPDATES);
      long leftOut = train.counts().get(TrainJob.LEFT_OUT);
      lines.add(
          "updates %s = applied %s + left out %s".formatted(updates, updates - leftOut, leftOut));
    }
    return lines;
  }

  /** An older version's manifest does not say where the latents come from. */
  private static String latents(long latents, Optional<LatentCounts> counts) {
    if (counts.isEmpty()) {
      return "latents " + latents;
    }
    LatentCounts from = counts.get();
    if (from.total() != latents) {
      throw new IllegalStateException(
          "Cannot account for all latents: %s are not %s reused + %s imported + %s encoded"
              .formatted(latents, from.reused(), from.imported(), from.encoded()));
    }
    return "latents %s (reused %s, imported %s, encoded %s)"
        .formatted(latents, from.reused(), from.imported(), from.encoded());
  }

  private static String sum(
      String what, long total, long kept, String keptAs, long notDrawn, Manifest manifest) {
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
    String line = "%s %s = %s".formatted(what, total, keptAs);
    line += notDrawn > 0 ? " + not drawn " + notDrawn : "";
    return rejected > 0 ? line + " + rejected " + rejected + " (" + reasons + ")" : line;
  }
}
