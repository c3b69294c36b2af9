package io.kohaku.lokr.preset;

import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.AdaptedModule;
import io.kohaku.lokr.LokrLayer;
import io.kohaku.lokr.NormLayer;
import io.kohaku.lokr.shape.LokrOptions;
import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.AdaptableLayer.Enclosing;
import io.kohaku.sdxl.layout.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which layers and norms a preset adapts, and with which options: LyCORIS' walk over the module
 * tree, told from the layer's side.
 *
 * <p>A module whose class is targeted adapts all layers below it, unless its own name is targeted;
 * any other layer is adapted if its name is. Below a targeted module, each module whose class has
 * an entry in {@code module_algo_map} starts over from the network's options, so the innermost
 * entry decides alone; a layer that it declines (a larger kernel without a rank) falls to the entry
 * around it. A layer reached twice is an error, as in the reference.
 */
public final class LayerSelection {
  private static final List<Network> ORDER = List.of(Network.TE1, Network.TE2, Network.UNET);

  private final Preset preset;
  private final NetworkOptions options;
  private final NamePatterns unetNames;
  private final NamePatterns textNames;
  private final NamePatterns overrideNames;

  private LayerSelection(Preset preset, NetworkOptions options) {
    this.preset = preset;
    this.options = options;
    this.unetNames = new NamePatterns(preset.unetNames(), preset);
    this.textNames = new NamePatterns(preset.textNames(), preset);
    this.overrideNames = new NamePatterns(preset.nameOverrides().keySet(), preset);
  }

  /**
   * The adapted modules in the reference's creation order: text encoders first, then the U-Net.
   *
   * @param modules what the networks offer, each network in its walking order
   */
  public static List<AdaptedModule> select(
      Preset preset, NetworkOptions options, List<AdaptableLayer> modules) {
    LayerSelection selection = new LayerSelection(preset, options);
    List<AdaptableLayer> offered =
        modules.stream().filter(module -> options.norms() || !module.isNorm()).toList();
    List<AdaptedModule> selected = new ArrayList<>();
    for (Network network : ORDER) {
      offered.stream()
          .filter(layer -> layer.network() == network)
          .forEach(layer -> selection.select(layer).ifPresent(selected::add));
    }
    if (selected.isEmpty()) {
      throw new UnusableFileException(
          "Cannot adapt the networks: the preset selects none of %s layers"
              .formatted(offered.size()));
    }
    return List.copyOf(selected);
  }

  private Optional<AdaptedModule> select(AdaptableLayer layer) {
    List<Enclosing> modules = modules(layer);
    List<Optional<LokrOptions>> reached = new ArrayList<>();
    List<String> by = new ArrayList<>();
    for (int i = 0; i < modules.size(); i++) {
      Enclosing module = modules.get(i);
      boolean named = names(layer).matches(module.path());
      if (classes(layer).contains(module.className()) && !named) {
        reached.add(below(layer, modules.subList(i, modules.size())));
        by.add(module.className() + " " + module.path());
      } else if (named && i == modules.size() - 1) {
        reached.add(accept(layer, named(module)));
        by.add("the name " + module.path());
      }
    }
    if (reached.size() > 1) {
      throw new IllegalArgumentException(
          "Invalid preset: %s is reached twice (by %s)".formatted(layer.path(), by));
    }
    return reached.stream()
        .flatMap(Optional::stream)
        .findFirst()
        .map(accepted -> layer.isNorm() ? NormLayer.of(layer) : LokrLayer.of(layer, accepted));
  }

  /** The layer and what is around it, outermost first, the layer itself being the innermost. */
  static List<Enclosing> modules(AdaptableLayer layer) {
    List<Enclosing> modules = new ArrayList<>(layer.enclosing());
    modules.add(new Enclosing(className(layer), layer.path()));
    return modules;
  }

  private static String className(AdaptableLayer layer) {
    return switch (layer.shape().size()) {
      case 1 -> normClass(layer);
      case 2 -> "Linear";
      default -> "Conv2d";
    };
  }

  /** The trainer's own group norm, but for the one before a stack of transformer blocks. */
  private static String normClass(AdaptableLayer norm) {
    if (norm.network() != Network.UNET || norm.path().contains(".transformer_blocks.")) {
      return "LayerNorm";
    }
    return norm.path().endsWith(".norm") ? "GroupNorm" : "GroupNorm32";
  }

  /** The first entry, from inside out, that accepts a layer below a targeted module. */
  private Optional<LokrOptions> below(AdaptableLayer layer, List<Enclosing> modules) {
    for (int i = modules.size() - 1; i >= 0; i--) {
      LayerOverride entry = preset.moduleOverrides().get(modules.get(i).className());
      if (entry != null || i == 0) {
        Optional<LokrOptions> accepted = accept(layer, entry == null ? LayerOverride.NONE : entry);
        if (accepted.isPresent()) {
          return accepted;
        }
      }
    }
    return Optional.empty();
  }

  private LayerOverride named(Enclosing module) {
    return overrideNames
        .first(module.path())
        .map(name -> preset.nameOverrides().get(name))
        .orElseGet(
            () -> preset.moduleOverrides().getOrDefault(module.className(), LayerOverride.NONE));
  }

  private Optional<LokrOptions> accept(AdaptableLayer layer, LayerOverride entry) {
    boolean declined = layer.isLargeKernel() && !preset.convolutions() && entry.dim() == 0;
    return declined ? Optional.empty() : Optional.of(entry.applyTo(options.of(layer)));
  }

  private NamePatterns names(AdaptableLayer layer) {
    return layer.network() == Network.UNET ? unetNames : textNames;
  }

  private List<String> classes(AdaptableLayer layer) {
    return layer.network() == Network.UNET ? preset.unetModules() : preset.textModules();
  }
}
