package io.kohaku.lokr.stored;

import io.kohaku.lokr.AdaptedModule;
import io.kohaku.sdxl.layout.AdaptableLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What programs call the modules of SDXL in an adapter's file, each told by kohya's name of it.
 *
 * <p>With underscores for dots and {@code lora_unet_}, {@code lora_te1_}, {@code lora_te2_} (kohya)
 * or {@code lycoris_} before them; with dots, as PEFT and Diffusers write, after {@code unet.},
 * {@code text_encoder.}, {@code text_encoder_2.}, {@code base_model.model.}, or {@code
 * diffusion_model.} as ComfyUI saves. In the U-Net blocks are called as in a checkpoint or as in
 * Diffusers.
 */
public final class LayerNames {
  private static final List<String> UNET = List.of("lora_unet_", "lycoris_", "lycoris_unet_");
  private static final List<String> UNET_DOTTED =
      List.of(
          "",
          "unet.",
          "unet.base_model.model.",
          "base_model.model.",
          "base_model.model.unet.",
          "diffusion_model.",
          "model.diffusion_model.");
  private static final List<String> FIRST = List.of("lora_te1_", "lycoris_te1_", "lycoris_te_");
  private static final List<String> FIRST_DOTTED =
      List.of(
          "text_encoder.",
          "text_encoder.base_model.model.",
          "base_model.model.text_encoder.",
          "text_encoders.clip_l.transformer.",
          "clip_l.transformer.");
  private static final List<String> SECOND = List.of("lora_te2_", "lycoris_te2_");
  private static final List<String> SECOND_DOTTED =
      List.of(
          "text_encoder_2.",
          "text_encoder_2.base_model.model.",
          "base_model.model.text_encoder_2.",
          "text_encoders.clip_g.transformer.",
          "clip_g.transformer.");

  /** Made when first asked for. */
  private static final class Table {
    private static final Map<String, String> NAMES = written();
  }

  private LayerNames() {}

  /** Kohya's name of a module, if SDXL or a deeper one of its like has it. */
  public static Optional<String> kohya(String name) {
    return Optional.ofNullable(Table.NAMES.get(name));
  }

  /** Every name of a module, kohya's own first. */
  static List<String> of(AdaptableLayer module) {
    String path = module.path();
    return switch (module.network()) {
      case UNET -> {
        String other = DiffusersPaths.of(path);
        List<String> names = new ArrayList<>(names(path, UNET, UNET_DOTTED));
        names.addAll(names(other, UNET, UNET_DOTTED));
        if (other.contains(".to_")) {
          String processor =
              other.replace(".to_out.0", ".to_out").replace(".to_", ".processor.to_");
          UNET_DOTTED.forEach(prefix -> names.add(prefix + processor));
        }
        yield names;
      }
      case TE1 -> names(path, FIRST, FIRST_DOTTED);
      case TE2 -> names(path, SECOND, SECOND_DOTTED);
      default -> List.of();
    };
  }

  private static List<String> names(String path, List<String> prefixes, List<String> dotted) {
    List<String> names = new ArrayList<>();
    prefixes.forEach(prefix -> names.add(prefix + path.replace('.', '_')));
    dotted.forEach(prefix -> names.add(prefix + path));
    return names;
  }

  private static Map<String, String> written() {
    Map<String, String> names = new HashMap<>();
    for (AdaptableLayer module : WidestSdxl.modules()) {
      String kohya = AdaptedModule.nameOf(module);
      for (String name : of(module)) {
        String other = names.put(name, kohya);
        if (other != null && !other.equals(kohya)) {
          throw new IllegalStateException("Two modules are called " + name);
        }
      }
    }
    return names;
  }
}
