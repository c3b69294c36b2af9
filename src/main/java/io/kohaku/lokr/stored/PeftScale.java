package io.kohaku.lokr.stored;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.input.UnusableFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The alphas of an adapter whose tensors have none: PEFT keeps them in {@code adapter_config.json}
 * beside the file, Diffusers in the header's text {@code lora_adapter_metadata}.
 *
 * @param settings the JSON object
 * @param byNetwork whether its keys may begin with the network's name and a dot
 */
public record PeftScale(JsonNode settings, boolean byNetwork) {
  private static final String CONFIG = "adapter_config.json";
  private static final String TEXT = "lora_adapter_metadata";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What there is beside the file, or in its header. */
  public static Optional<PeftScale> of(Path file, Map<String, String> metadata) {
    String text = metadata.get(TEXT);
    if (text != null) {
      return Optional.of(new PeftScale(parsed(text, "text %s of %s".formatted(TEXT, file)), true));
    }
    Path config = file.resolveSibling(CONFIG);
    if (!Files.isRegularFile(config)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new PeftScale(parsed(Files.readString(config), config.toString()), false));
    } catch (IOException e) {
      throw new UnusableFileException("Cannot read %s: %s".formatted(config, e.getMessage()), e);
    }
  }

  private static JsonNode parsed(String text, String what) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UnusableFileException("Cannot read %s: it must be JSON".formatted(what), e);
    }
  }

  /**
   * The alpha of a layer: its own, else that of all, and times the root of the rank where scales
   * are rank-stabilised, so that alpha over rank is the scale.
   *
   * @param layer the file's name of the layer
   */
  Optional<Double> alpha(String layer, long rank) {
    String prefix = prefix(layer);
    JsonNode all = settings.path(prefix + "lora_alpha");
    all = all.isNumber() ? all : settings.path(prefix + "alpha");
    Optional<Double> alpha = own(settings.path(prefix + "alpha_pattern"), layer);
    if (alpha.isEmpty() && all.isNumber()) {
      alpha = Optional.of(all.doubleValue());
    }
    boolean stabilised = settings.path(prefix + "use_rslora").asBoolean(false);
    return alpha.map(number -> stabilised ? number * Math.sqrt(rank) : number);
  }

  /**
   * What PEFT multiplies a layer by whose blocks are whole: alpha over the rank it was asked for.
   */
  Optional<Double> factor(String layer) {
    JsonNode rank = settings.path(prefix(layer) + "r");
    return rank.isNumber()
        ? alpha(layer, 1).map(alpha -> alpha / rank.doubleValue())
        : Optional.empty();
  }

  /** A network that is saved alone has keys without its name. */
  private String prefix(String layer) {
    String prefix = layer.substring(0, layer.indexOf('.') + 1);
    Iterator<String> keys = settings.fieldNames();
    while (byNetwork && keys.hasNext()) {
      if (keys.next().startsWith(prefix)) {
        return prefix;
      }
    }
    return "";
  }

  private static Optional<Double> own(JsonNode patterns, String layer) {
    Iterator<Map.Entry<String, JsonNode>> entries = patterns.fields();
    while (entries.hasNext()) {
      Map.Entry<String, JsonNode> entry = entries.next();
      if (entry.getValue().isNumber() && isOf(entry.getKey(), layer)) {
        return Optional.of(entry.getValue().doubleValue());
      }
    }
    return Optional.empty();
  }

  private static boolean isOf(String pattern, String layer) {
    try {
      return Pattern.matches("(?:.*\\.)?(?:%s)".formatted(pattern), layer);
    } catch (PatternSyntaxException e) {
      return false;
    }
  }
}
