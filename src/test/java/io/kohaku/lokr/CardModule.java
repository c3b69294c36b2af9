package io.kohaku.lokr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.lokr.shape.ParameterSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;

/**
 * One module that LyCORIS 4.1.3 makes by the card's script on SDXL's shapes, see {@code
 * bench/golden/delta_modules.py}.
 *
 * @param name its kohya name
 * @param kind {@code kron} for a LoKr layer, {@code norm}
 * @param tensors shapes by suffix
 */
public record CardModule(String name, String kind, Map<String, List<Long>> tensors) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** All of them in the order in which LyCORIS makes them. */
  public static List<CardModule> all() {
    List<CardModule> modules = new ArrayList<>();
    root()
        .get("modules")
        .forEach(
            module ->
                modules.add(
                    new CardModule(
                        module.get("name").asText(),
                        module.get("kind").asText(),
                        shapes(module.get("tensors")))));
    return modules;
  }

  /** The same of a module that a preset selects here. */
  static CardModule of(AdaptedModule module) {
    Map<String, List<Long>> tensors = new LinkedHashMap<>();
    for (ParameterSpec each : module.parameters()) {
      tensors.put(each.suffix(), LongStream.of(each.shape().getShape()).boxed().toList());
    }
    boolean norm = module instanceof NormLayer;
    if (!norm) {
      tensors.put("alpha", List.of());
    }
    return new CardModule(module.name(), norm ? "norm" : "kron", tensors);
  }

  /** Those of one kind. */
  public static List<CardModule> of(String kind) {
    return all().stream().filter(module -> module.kind.equals(kind)).toList();
  }

  /** How many numbers these tensors have, alphas included. */
  public static long numbers(List<CardModule> modules) {
    return modules.stream()
        .flatMap(module -> module.tensors.values().stream())
        .mapToLong(shape -> shape.stream().reduce(1L, Math::multiplyExact))
        .sum();
  }

  private static Map<String, List<Long>> shapes(JsonNode tensors) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    for (Iterator<Map.Entry<String, JsonNode>> each = tensors.fields(); each.hasNext(); ) {
      Map.Entry<String, JsonNode> tensor = each.next();
      List<Long> shape = new ArrayList<>();
      tensor.getValue().forEach(side -> shape.add(side.asLong()));
      shapes.put(tensor.getKey(), shape);
    }
    return shapes;
  }

  private static JsonNode root() {
    try (InputStream file = Files.newInputStream(Golden.own("delta-modules.json.gz"))) {
      return JSON.readTree(new GZIPInputStream(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
