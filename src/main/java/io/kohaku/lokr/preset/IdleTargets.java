package io.kohaku.lokr.preset;

import io.kohaku.sdxl.layout.AdaptableLayer;
import io.kohaku.sdxl.layout.AdaptableLayer.Enclosing;
import io.kohaku.sdxl.layout.Network;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a preset names and no network has: a slip of the pen, more often than not. */
public final class IdleTargets {
  private final Preset preset;
  private final List<String> idle = new ArrayList<>();

  private IdleTargets(Preset preset) {
    this.preset = preset;
  }

  /**
   * The classes and names of {@code preset} that none of these layers and nothing around them has.
   * Those of the preset {@code full}, which stand for what a file leaves out, are not among them.
   */
  public static List<String> of(Preset preset, List<AdaptableLayer> layers) {
    List<Enclosing> unet = modules(layers, true);
    List<Enclosing> text = modules(layers, false);
    List<Enclosing> all = new ArrayList<>(unet);
    all.addAll(text);
    Preset full = BuiltInPreset.FULL.preset();
    IdleTargets targets = new IdleTargets(preset);
    targets.classes("unet_target_module", preset.unetModules(), full.unetModules(), unet);
    targets.names("unet_target_name", preset.unetNames(), full.unetNames(), unet);
    targets.classes("text_encoder_target_module", preset.textModules(), full.textModules(), text);
    targets.names("text_encoder_target_name", preset.textNames(), full.textNames(), text);
    targets.classes("module_algo_map", preset.moduleOverrides().keySet(), List.of(), all);
    targets.names("name_algo_map", preset.nameOverrides().keySet(), List.of(), all);
    return targets.idle;
  }

  private static List<Enclosing> modules(List<AdaptableLayer> layers, boolean unet) {
    return layers.stream()
        .filter(layer -> layer.network() == Network.UNET == unet)
        .flatMap(layer -> LayerSelection.modules(layer).stream())
        .distinct()
        .toList();
  }

  private void classes(
      String key, Collection<String> named, List<String> full, List<Enclosing> modules) {
    Set<String> there = new HashSet<>(full);
    modules.forEach(module -> there.add(module.className()));
    named.stream().filter(name -> !there.contains(name)).forEach(name -> add(key, name));
  }

  private void names(
      String key, Collection<String> named, List<String> full, List<Enclosing> modules) {
    for (String name : named) {
      NamePatterns pattern = new NamePatterns(List.of(name), preset);
      if (!full.contains(name)
          && modules.stream().noneMatch(module -> pattern.matches(module.path()))) {
        add(key, name);
      }
    }
  }

  private void add(String key, String name) {
    idle.add(key + " " + name);
  }
}
