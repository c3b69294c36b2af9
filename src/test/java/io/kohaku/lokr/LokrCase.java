package io.kohaku.lokr;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kohaku.Golden;
import io.kohaku.lokr.shape.LokrFlag;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.tensor.file.SafeTensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One layer of the golden file {@code lokr-cases.json}, in the terms of this package. */
public record LokrCase(
    String name,
    LokrOptions options,
    double savedAlpha,
    double scale,
    Map<String, Shape> parameters,
    int kernel,
    int stride,
    int padding) {

  public static List<LokrCase> all() {
    try {
      List<LokrCase> cases = new ArrayList<>();
      for (JsonNode node : new ObjectMapper().readTree(Golden.path("lokr-cases.json").toFile())) {
        cases.add(of(node));
      }
      return cases;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static LokrCase of(JsonNode node) {
    LokrOptions options =
        LokrOptions.fullMatrix(node.get("factor").asInt())
            .withRank(node.get("lora_dim").asLong(), node.get("alpha").asDouble());
    for (LokrFlag flag : LokrFlag.values()) {
      boolean absent = flag == LokrFlag.DECOMPOSE_OVER_OUTPUTS;
      boolean on = node.has(flag.key()) ? node.get(flag.key()).asBoolean() : absent;
      options = on ? options.with(flag) : options.without(flag);
    }
    Map<String, Shape> leaves = new LinkedHashMap<>();
    node.get("params")
        .fields()
        .forEachRemaining(field -> leaves.put(field.getKey(), shape(field.getValue())));
    return new LokrCase(
        node.get("name").asText(),
        options,
        node.get("saved_alpha").asDouble(),
        node.get("scale").asDouble(),
        leaves,
        node.path("kernel").asInt(0),
        node.path("stride").asInt(1),
        node.path("padding").asInt(0));
  }

  static Shape shape(JsonNode dimensions) {
    long[] shape = new long[dimensions.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = dimensions.get(i).asLong();
    }
    return new Shape(shape);
  }

  /** Shape of the adapted weight. */
  public Shape weight() {
    try (SafeTensors vectors = SafeTensors.open(Golden.path("lokr-cases.safetensors"))) {
      return new Shape(vectors.info(name + ".org").shape());
    }
  }

  boolean convolution() {
    return kernel > 0;
  }

  @Override
  public String toString() {
    return name;
  }
}
