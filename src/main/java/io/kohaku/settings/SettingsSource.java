package io.kohaku.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.kohaku.settings.binding.Problems;
import io.kohaku.settings.binding.RecordBinder;
import io.kohaku.settings.binding.SettingsException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where settings come from: {@code reference.conf}, then recipe files, then {@code key=value}
 * overrides, each above what came before.
 */
public final class SettingsSource {
  private static final String DEFAULTS = "reference.conf";

  private final Config resolved;
  private Settings bound;

  private SettingsSource(Config resolved) {
    this.resolved = resolved;
  }

  /**
   * Reads all sources and resolves references such as {@code ${?HOME}}.
   *
   * @param files recipe files, a later one above an earlier one
   * @param overrides texts of the form {@code train.steps=100}
   * @throws SettingsException if a file is missing or is not HOCON, or an override has no value
   */
  public static SettingsSource read(List<Path> files, List<String> overrides) {
    return read(
        ConfigFactory.parseResources(Settings.class.getClassLoader(), DEFAULTS), files, overrides);
  }

  static SettingsSource read(Config defaults, List<Path> files, List<String> overrides) {
    Config config = defaults;
    for (Path file : files) {
      config = parse(file).withFallback(config);
    }
    for (String override : overrides) {
      config = parse(override).withFallback(config);
    }
    try {
      return new SettingsSource(config.resolve());
    } catch (ConfigException e) {
      throw new SettingsException("Cannot resolve settings: " + e.getMessage());
    }
  }

  /**
   * Binds the whole tree.
   *
   * @throws SettingsException with every problem at once
   */
  public Settings settings() {
    if (bound == null) {
      bound = bind(Settings.class);
    }
    return bound;
  }

  <R extends Record> R bind(Class<R> type) {
    Problems problems = new Problems("", new ArrayList<>());
    R record = RecordBinder.bind(resolved.root(), type, problems);
    if (!problems.messages().isEmpty()) {
      throw new SettingsException(problems.messages());
    }
    return record;
  }

  /** Whether a recipe file or an override says what {@code key} is, and not the defaults. */
  public boolean gives(String key) {
    return !DEFAULTS.equals(resolved.getValue(key).origin().resource());
  }

  /**
   * These sources below {@code values}, JSON by key; a section keeps what its value does not name.
   */
  public SettingsSource with(Map<String, String> values) {
    Config changed = resolved;
    for (Map.Entry<String, String> value : values.entrySet()) {
      Config parsed = ConfigFactory.parseString("value = " + value.getValue());
      changed = parsed.root().get("value").atPath(value.getKey()).withFallback(changed);
    }
    return new SettingsSource(changed);
  }

  private static Config parse(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new SettingsException("Missing settings file: " + file);
    }
    try {
      return ConfigFactory.parseFile(
          new File(file.toString()), ConfigParseOptions.defaults().setAllowMissing(false));
    } catch (ConfigException e) {
      throw new SettingsException("Cannot read settings file " + file + ": " + e.getMessage());
    }
  }

  private static Config parse(String override) {
    int equals = override.indexOf('=');
    if (equals <= 0) {
      throw new SettingsException("Invalid --set: " + override + " (must be key=value)");
    }
    String key = override.substring(0, equals).strip();
    String value = override.substring(equals + 1).strip();
    try {
      return value(value).atPath(key);
    } catch (ConfigException e) {
      throw new SettingsException("Invalid --set: " + override + " (" + e.getMessage() + ")");
    }
  }

  /** Lists, sections, quoted texts and null are HOCON; anything else is taken to the letter. */
  private static ConfigValue value(String text) {
    boolean hocon =
        text.equals("null")
            || text.startsWith("[")
            || text.startsWith("{")
            || text.startsWith("\"");
    return hocon
        ? ConfigFactory.parseString("value = " + text).root().get("value")
        : ConfigValueFactory.fromAnyRef(text);
  }
}
