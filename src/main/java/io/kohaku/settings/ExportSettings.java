package io.kohaku.settings;

import io.kohaku.settings.binding.Checked;
import io.kohaku.settings.binding.NotBlank;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.Range;
import io.kohaku.settings.kind.How;
import io.kohaku.settings.kind.What;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The adapter's file as others get it.
 *
 * @param name of the file and of the adapter
 * @param averaged publish the averaged adapter in place of the last one
 * @param savePrecision number format of the tensors
 * @param verify load the file again and compare it with the trainer's adapter
 * @param tags how many words the header counts, the most frequent ones; 0 for none
 * @param comment a text for the header
 * @param modelSpec further texts of the model metadata standard, or others than the usual ones
 */
public record ExportSettings(
    @What @NotBlank String name,
    @What boolean averaged,
    @What Precision savePrecision,
    @How boolean verify,
    @What @Range(min = 0, max = 1_000_000) int tags,
    @What Optional<String> comment,
    @What Map<String, String> modelSpec)
    implements Checked, Serializable {

  private static final List<String> MODEL_SPEC =
      List.of(
          "title",
          "author",
          "description",
          "license",
          "tags",
          "merged_from",
          "timestep_range",
          "encoder_layer",
          "usage_hint",
          "trigger_phrase",
          "thumbnail",
          "sai_model_spec",
          "architecture",
          "implementation",
          "resolution",
          "date",
          "prediction_type");

  private static final String ENDING = ".safetensors";

  /** A name that is given with its ending means the same file. */
  public ExportSettings {
    if (name.endsWith(ENDING) && name.length() > ENDING.length()) {
      name = name.substring(0, name.length() - ENDING.length());
    }
  }

  @Override
  public void check(Problems problems) {
    if (!name.matches("[^/\\\\]+")) {
      problems.add("name", name, "a file's name without its ending");
    }
    modelSpec.keySet().stream()
        .filter(key -> !MODEL_SPEC.contains(key))
        .forEach(
            key -> problems.add("model-spec", key, "keys are " + String.join(", ", MODEL_SPEC)));
  }
}
