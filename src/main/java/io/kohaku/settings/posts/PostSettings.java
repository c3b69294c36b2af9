package io.kohaku.settings.posts;

import io.kohaku.settings.binding.Bytes;
import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.Place;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.List;

/**
 * Where the posts lie and which of them are kept.
 *
 * @param path a file, a folder, or a pattern of files, as Hadoop reads them
 * @param format in which form
 * @param ratingLetters what the letter s of a rating stands for
 * @param bands ranges of ids, in the order in which they are drawn
 * @param mode how posts are drawn from a band
 * @param drawFrom what they are drawn from
 * @param seed the seed of the draw
 * @param filter which posts are rejected
 * @param maxRejectFraction the greatest share of rejected posts among those drawn
 * @param allowEmpty whether a source may give no post at all
 * @param splitBytes how much of a text file one task reads
 * @param maxLineBytes the longest line of a text file
 * @param idsPerTask how many rows of a database one task reads
 */
public record PostSettings(
    @How @Place String path,
    @What PostFormat format,
    @What RatingLetters ratingLetters,
    @What List<BandSettings> bands,
    @What DrawMode mode,
    @What DrawFrom drawFrom,
    @What long seed,
    @What FilterSettings filter,
    @How @Range(min = 0, max = 1) double maxRejectFraction,
    @How boolean allowEmpty,
    @How @Bytes @Range(min = 1) long splitBytes,
    @What @Bytes @Range(min = 1, max = 1 << 30) long maxLineBytes,
    @How @Range(min = 1) long idsPerTask)
    implements Checked, Serializable {
  @Override
  public void check(Problems problems) {
    for (int i = 0; i < bands.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (bands.get(i).overlaps(bands.get(j))) {
          problems.add(
              "bands[" + i + "].from", bands.get(i).from(), "must not overlap bands[" + j + "]");
        }
      }
    }
    if (bands.isEmpty()) {
      problems.add("bands", "[]", "must hold at least one band");
    }
    if (mode == DrawMode.CARD && seed < 0) {
      problems.add("seed", seed, "must be at least 0 in mode card");
    }
  }
}
