package io.kohaku.lokr;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.Recipes;
import io.kohaku.TheCard;
import io.kohaku.lokr.preset.LayerSelection;
import io.kohaku.lokr.preset.NetworkOptions;
import io.kohaku.lokr.preset.PresetFile;
import io.kohaku.lokr.shape.LokrShape;
import io.kohaku.lokr.shape.ParameterSpec;
import io.kohaku.sdxl.RealSdxl;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.ModelOptions;
import io.kohaku.sdxl.layout.SdxlLayout;
import io.kohaku.settings.LokrSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The adapter of the card's run on SDXL's shapes, by {@code conf/delta.conf}. */
class AdapterConformanceTest {
  private static final List<AdaptableLayer> SDXL =
      SdxlLayout.of("sdxl", RealSdxl.shapes(), ModelOptions.DEFAULT, 64).modules().modules();
  private static final List<String> KINDS =
      List.of("CrossAttention", "FeedForward", "CLIPAttention", "CLIPMLP");
  private static final LokrSettings DELTA = Recipes.delta().lokr();

  private final List<AdaptedModule> modules = selected(DELTA.preset());
  private final List<LokrLayer> layers = AdaptedModule.layers(modules);
  private final List<AdaptedModule> norms =
      modules.stream().filter(NormLayer.class::isInstance).toList();

  private static List<AdaptedModule> selected(String preset) {
    return LayerSelection.select(PresetFile.load(preset), NetworkOptions.of(DELTA), SDXL);
  }

  @TestFactory
  Stream<DynamicTest> facts() {
    return TheCard.tests(
        getClass(),
        Map.of(
            "options", AdapterConformanceTest::options,
            "factors", this::factors,
            "layers", this::layers,
            "more", this::more,
            "whole", this::whole,
            "scale", this::scale,
            "start", this::start,
            "norm-parts", this::normParts,
            "numbers", () -> String.valueOf(numbers()),
            "bytes", () -> String.format(Locale.ROOT, "%.1f", 2 * numbers() / 1e6)));
  }

  private static String options() {
    return "%s %s %s %s %s"
        .formatted(
            DELTA.dim(),
            (long) DELTA.alpha(),
            DELTA.convDim().orElseThrow(),
            DELTA.convAlpha().orElseThrow().longValue(),
            DELTA.factor());
  }

  private static String kind(LokrLayer layer) {
    return layer.layer().enclosing().stream()
        .map(AdaptableLayer.Enclosing::className)
        .filter(KINDS::contains)
        .findFirst()
        .orElse("all else");
  }

  /** The small part of outputs or inputs; 4 channels of a latent have none of 8. */
  private String factors() {
    return Stream.concat(KINDS.stream(), Stream.of("all else"))
        .map(
            kind ->
                layers.stream()
                    .filter(layer -> kind(layer).equals(kind))
                    .map(layer -> String.valueOf(Math.max(layer.shape().l(), layer.shape().m())))
                    .collect(Collectors.toCollection(TreeSet::new)))
        .map(factors -> String.join("/", factors))
        .collect(Collectors.joining(" "));
  }

  private String layers() {
    assertThat(modules.stream().map(CardModule::of)).containsExactlyElementsOf(CardModule.all());
    return layers.size() + ", " + norms.size();
  }

  private String more() {
    Set<String> full =
        selected("full").stream().map(AdaptedModule::name).collect(Collectors.toSet());
    return layers.stream()
        .filter(layer -> !full.contains(layer.name()))
        .map(layer -> layer.layer().path())
        .collect(Collectors.joining(" "));
  }

  private String whole() {
    assertThat(DELTA.fullMatrix()).isFalse();
    boolean all =
        layers.stream()
            .map(LokrLayer::shape)
            .allMatch(
                shape ->
                    shape.small() == LokrShape.Block.FULL && shape.large() == LokrShape.Block.FULL);
    return all ? "all" : "not all";
  }

  private String scale() {
    return layers.stream()
        .map(layer -> layer.shape().scale() + ", " + layer.shape().alpha())
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private String start() {
    return layers.stream()
        .map(layer -> layer.shape().parameters())
        .map(blocks -> blocks.stream().map(ParameterSpec::start).map(Enum::name))
        .map(starts -> starts.collect(Collectors.joining(", ")).toLowerCase(Locale.ROOT))
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private String normParts() {
    return norms.stream()
        .map(norm -> norm.layer().network() + ": " + parts(norm))
        .map(text -> text.toLowerCase(Locale.ROOT))
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private static String parts(AdaptedModule norm) {
    return norm.parameters().stream()
        .map(part -> part.suffix() + " " + part.start())
        .collect(Collectors.joining(", "));
  }

  private long numbers() {
    List<ParameterSpec> all = new ArrayList<>();
    modules.forEach(module -> all.addAll(module.parameters()));
    return all.stream().mapToLong(ParameterSpec::size).sum() + layers.size();
  }
}
