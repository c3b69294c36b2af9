package io.kohaku.lokr.preset;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which layers are adapted and what is special about some of them, as a LyCORIS preset says it.
 *
 * @param convolutions whether kernels larger than 1x1 are adapted where no entry gives them a rank
 * @param unetModules module classes of the U-Net below which every layer is adapted
 * @param unetNames names of single layers of the U-Net, exact or patterns
 * @param textModules module classes of the text encoders below which every layer is adapted
 * @param textNames names of single layers of the text encoders, exact or patterns
 * @param moduleOverrides what differs below a module class
 * @param nameOverrides what differs for layers adapted by name, exact or patterns
 * @param wildcards whether patterns are shell wildcards over the whole name rather than regular
 *     expressions over its start
 */
public record Preset(
    boolean convolutions,
    List<String> unetModules,
    List<String> unetNames,
    List<String> textModules,
    List<String> textNames,
    Map<String, LayerOverride> moduleOverrides,
    Map<String, LayerOverride> nameOverrides,
    boolean wildcards)
    implements Serializable {

  /** Keeps copies; the overrides by name keep their order, in which patterns are tried. */
  public Preset {
    unetModules = List.copyOf(unetModules);
    unetNames = List.copyOf(unetNames);
    textModules = List.copyOf(textModules);
    textNames = List.copyOf(textNames);
    moduleOverrides = Collections.unmodifiableMap(new LinkedHashMap<>(moduleOverrides));
    nameOverrides = Collections.unmodifiableMap(new LinkedHashMap<>(nameOverrides));
  }
}
