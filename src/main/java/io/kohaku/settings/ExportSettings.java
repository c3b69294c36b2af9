package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;

/**
 * The adapter's file as others get it.
 *
 * @param name of the file and of the adapter
 * @param averaged publish the averaged adapter in place of the last one
 * @param verify load the file again and compare it with the trainer's adapter
 * @param tags how many words the header counts, the most frequent ones; 0 for none
 * @param comment a text for the header
 * @param modelSpec further texts of the model metadata standard, or others than training wrote
 */
public record ExportSettings(
    @NotBlank String name,
    boolean averaged,
    boolean verify,
    @Range(min = 0, max = 1_000_000) int tags,
    Optional<String> comment,
    Map<String, String> modelSpec)
    implements Checked, Serializable {

  @Override
  public void check(Problems problems) {
    if (!name.matches("[^/\\\\]+")) {
      problems.add("name", name, "a file's name without its ending");
    }
  }
}
