package io.kohaku.lokr.preset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import io.kohaku.input.Appearance;
import io.kohaku.input.UnusableFileException;
import io.kohaku.lokr.shape.ApplyMode;
import io.kohaku.lokr.shape.LokrFlag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads presets: LyCORIS' built-in ones by name, and its TOML files.
 *
 * <p>What a file leaves out is as in the preset {@code full}. Keys and algorithms that nothing here
 * reads are errors, since a layer would silently be another than was asked for.
 */
public final class PresetFile {
  private static final TomlMapper TOML = new TomlMapper();
  private static final List<String> KEYS =
      List.of(
          "enable_conv",
          "unet_target_module",
          "unet_target_name",
          "text_encoder_target_module",
          "text_encoder_target_name",
          "module_algo_map",
          "name_algo_map",
          "use_fnmatch");

  /** What TOML may seem to be: its tables begin as arrays of JSON do. */
  private static final Set<Appearance> LIKE_TOML =
      EnumSet.of(Appearance.TEXT, Appearance.CSV, Appearance.JSON_ARRAY, Appearance.UNKNOWN);

  /** Editors of Windows begin texts with it; TOML's grammar does not know it. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private PresetFile() {}

  /** Gives the texts of files, wherever they lie. */
  public interface Texts {
    /** The text of this file, or nothing where there is no such file. */
    Optional<String> of(String file) throws IOException;
  }

  /** The preset called {@code nameOrFile}: a built-in one, else the path of a TOML file. */
  public static Preset load(String nameOrFile) {
    return load(
        nameOrFile,
        file -> {
          Path path = Path.of(file);
          return Files.isRegularFile(path) ? Optional.of(Files.readString(path)) : Optional.empty();
        });
  }

  /** The preset called {@code nameOrFile}: a built-in one, else a TOML file of {@code texts}. */
  public static Preset load(String nameOrFile, Texts texts) {
    return BuiltInPreset.ofKey(nameOrFile)
        .map(BuiltInPreset::preset)
        .orElseGet(() -> read(nameOrFile, texts));
  }

  private static Preset read(String file, Texts texts) {
    Optional<String> text;
    try {
      text = texts.of(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read preset " + file + ": " + e.getMessage(), e);
    }
    List<String> names = Arrays.stream(BuiltInPreset.values()).map(BuiltInPreset::key).toList();
    return parse(
        file,
        text.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown preset: %s (one of %s, or a TOML file)"
                        .formatted(file, String.join(", ", names)))));
  }

  /**
   * The preset that a TOML text says.
   *
   * @param source what errors call the text
   */
  static Preset parse(String source, String text) {
    JsonNode root = tree(source, text);
    if (root.isEmpty()) {
      throw new UnusableFileException(
          "Cannot read %s as a preset: it says nothing (name full where that is meant)"
              .formatted(source));
    }
    PresetTable table = new PresetTable(source, root);
    table.requireKnown(KEYS);
    Preset full = BuiltInPreset.FULL.preset();
    return new Preset(
        table.flag("enable_conv", full.convolutions()),
        table.texts("unet_target_module", full.unetModules()),
        table.texts("unet_target_name", full.unetNames()),
        table.texts("text_encoder_target_module", full.textModules()),
        table.texts("text_encoder_target_name", full.textNames()),
        overrides(table, "module_algo_map"),
        overrides(table, "name_algo_map"),
        table.flag("use_fnmatch", full.wildcards()));
  }

  private static JsonNode tree(String source, String text) {
    try {
      return TOML.readTree(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
    } catch (JsonProcessingException e) {
      Appearance seen = Appearance.of(text.getBytes(StandardCharsets.UTF_8));
      if (!LIKE_TOML.contains(seen) || text.indexOf('\uFFFD') >= 0) {
        throw UnusableFileException.of(source, "a preset in TOML", seen);
      }
      throw new IllegalArgumentException(
          "Cannot read preset %s: %s (line %s)"
              .formatted(source, e.getOriginalMessage(), e.getLocation().getLineNr()),
          e);
    }
  }

  private static Map<String, LayerOverride> overrides(PresetTable preset, String key) {
    Map<String, LayerOverride> overrides = new LinkedHashMap<>();
    preset.tables(key).forEach((name, table) -> overrides.put(name, override(table)));
    return overrides;
  }

  private static LayerOverride override(PresetTable table) {
    List<String> keys = new ArrayList<>(List.of("algo", "dim", "alpha", "factor", "bypass_mode"));
    Arrays.stream(LokrFlag.values()).map(LokrFlag::key).forEach(keys::add);
    table.requireKnown(new TreeSet<>(keys));
    table.requireOneOf("algo", List.of("lokr"));
    Map<LokrFlag, Boolean> flags = new LinkedHashMap<>();
    for (LokrFlag flag : LokrFlag.values()) {
      if (table.has(flag.key())) {
        flags.put(flag, table.flag(flag.key(), false));
      }
    }
    ApplyMode mode = ApplyMode.AUTO;
    if (table.has("bypass_mode")) {
      mode = table.flag("bypass_mode", false) ? ApplyMode.BYPASS : ApplyMode.MERGED;
    }
    long factor = table.whole("factor", -1, Integer.MAX_VALUE);
    return new LayerOverride(
        table.whole("dim", 0, Long.MAX_VALUE), table.number("alpha"), (int) factor, flags, mode);
  }
}
