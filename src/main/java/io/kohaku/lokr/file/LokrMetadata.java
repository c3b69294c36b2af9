package io.kohaku.lokr.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.settings.LokrSettings;
import io.kohaku.settings.LokrSettings.Lengths;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the header of an adapter's file says: kohya's {@code ss_*} about the training and the {@code
 * modelspec.*} of the model metadata standard.
 *
 * @param settings the adapter's settings
 * @param name name of the output, the title unless the settings give one
 * @param resolution pixels as {@code 1024x1024}
 * @param prediction what the network predicts, {@code epsilon} or {@code v}
 * @param date when it was written
 */
public record LokrMetadata(
    LokrSettings settings, String name, String resolution, String prediction, LocalDateTime date) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * All texts of the header, without the hashes.
   *
   * @param training what the trainer tells, {@code ss_*} keys with {@link #text} values
   */
  public Map<String, String> texts(Map<String, String> training) {
    Map<String, String> texts = new TreeMap<>(training);
    texts.put("ss_network_module", "lycoris.kohya");
    texts.put("ss_network_dim", text(settings.dim()));
    texts.put("ss_network_alpha", text(settings.alpha()));
    texts.put("ss_network_dropout", text(null));
    texts.put("ss_network_args", json(arguments()));
    texts.put("ss_scale_weight_norms", text(settings.maxNorm().orElse(null)));
    texts.put("ss_base_model_version", "sdxl_base_v1-0");
    texts.put("ss_v2", text(false));
    texts.put("ss_output_name", name);
    texts.put("modelspec.sai_model_spec", "1.0.0");
    texts.put("modelspec.architecture", "stable-diffusion-xl-v1-base/lora");
    texts.put("modelspec.implementation", "https://github.com/Stability-AI/generative-models");
    texts.put("modelspec.title", name);
    texts.put("modelspec.resolution", resolution);
    texts.put("modelspec.date", date.truncatedTo(ChronoUnit.SECONDS).toString());
    texts.put("modelspec.prediction_type", prediction);
    settings.modelSpec().forEach((key, value) -> texts.put("modelspec." + key, value));
    return texts;
  }

  /** A value as kohya's trainer writes it: {@code None}, {@code True}, {@code False}, a number. */
  public static String text(Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof Boolean flag) {
      return flag ? "True" : "False";
    }
    return value.toString();
  }

  /** The arguments that would make LyCORIS build the same network. */
  private Map<String, String> arguments() {
    Map<String, String> arguments = new LinkedHashMap<>();
    arguments.put("algo", "lokr");
    arguments.put("preset", settings.preset());
    arguments.put("factor", text(settings.factor()));
    arguments.put("conv_dim", text(settings.convDim().orElse(settings.dim())));
    arguments.put("conv_alpha", text(settings.convAlpha().orElse(settings.alpha())));
    putIf(arguments, "full_matrix", settings.fullMatrix());
    putIf(arguments, "decompose_both", settings.decomposeBoth());
    putIf(arguments, "use_tucker", settings.tucker());
    putIf(arguments, "unbalanced_factorization", settings.unbalanced());
    putIf(arguments, "rs_lora", settings.rankStabilised());
    putIf(arguments, "use_scalar", settings.scalar());
    putIf(arguments, "dora_wd", settings.lengths() != Lengths.NONE);
    putIf(arguments, "wd_on_output", settings.lengths() == Lengths.OUTPUT);
    putIf(arguments, "rank_dropout_scale", settings.rankDropoutScale());
    if (settings.rankDropout() > 0) {
      arguments.put("rank_dropout", text(settings.rankDropout()));
    }
    if (settings.moduleDropout() > 0) {
      arguments.put("module_dropout", text(settings.moduleDropout()));
    }
    return arguments;
  }

  /** Only what is on: LyCORIS takes the text {@code False} of some switches for true. */
  private static void putIf(Map<String, String> arguments, String key, boolean on) {
    if (on) {
      arguments.put(key, text(true));
    }
  }

  private static String json(Map<String, String> arguments) {
    try {
      return JSON.writeValueAsString(arguments);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write network arguments: " + e.getMessage(), e);
    }
  }
}
