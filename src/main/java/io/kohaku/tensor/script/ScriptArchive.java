package io.kohaku.tensor.script;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Composes kernel texts into one TorchScript archive: a stored zip of code without weights. */
final class ScriptArchive {
  private static final Pattern DEFINITION =
      Pattern.compile("(?m)^def\\s+(\\w+)\\s*\\(([^)]*)\\)\\s*->\\s*([^\\n]+):[ \\t]*$");
  private static final Pattern COMMENT = Pattern.compile("(?m)[ \\t]*#[^\\n]*$");

  /** Of the layout of the archive. */
  static final byte[] VERSION = "10\n".getBytes(StandardCharsets.US_ASCII);

  /** Pickle of the empty tuple. */
  static final byte[] NO_CONSTANTS = {(byte) 0x80, 0x02, 0x29, 0x2e};

  private ScriptArchive() {}

  /** The archive of all {@code sources} as bytes. */
  static byte[] compose(List<KernelSource> sources) {
    byte[] code = code(sources).getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(code.length + 1024);
    try (StoredZip zip = new StoredZip(bytes, "kernels")) {
      zip.put("version", VERSION);
      zip.put("constants.pkl", NO_CONSTANTS);
      zip.put("data.pkl", new ModulePickle("Kernels").finish());
      zip.put("code/__torch__.py", code);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot compose kernels: " + e.getMessage(), e);
    }
    return bytes.toByteArray();
  }

  /** The one code file: all functions, then the class whose methods call them. */
  static String code(List<KernelSource> sources) {
    StringBuilder methods = new StringBuilder();
    String functions = functions(sources, methods);
    return functions
        + "class Kernels(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
        + methods;
  }

  /** All functions of {@code sources}, calling each other. */
  static String functions(List<KernelSource> sources) {
    return functions(sources, new StringBuilder());
  }

  private static String functions(List<KernelSource> sources, StringBuilder methods) {
    Map<String, String> owners = new LinkedHashMap<>();
    StringBuilder functions = new StringBuilder();
    for (KernelSource source : sources) {
      String text = COMMENT.matcher(source.text()).replaceAll("");
      requireOnlyFunctions(source.name(), text);
      Matcher definition = DEFINITION.matcher(text);
      while (definition.find()) {
        String name = definition.group(1);
        String other = owners.putIfAbsent(name, source.name());
        if (other != null) {
          throw new IllegalArgumentException(
              "Invalid kernel text: %s in %s (already defined in %s)"
                  .formatted(name, source.name(), other));
        }
        methods.append(method(name, definition.group(2).strip(), definition.group(3).strip()));
      }
      functions.append(text.strip()).append('\n');
    }
    return qualify(functions.toString(), owners);
  }

  private static String method(String name, String parameters, String result) {
    String self = "self: __torch__.Kernels" + (parameters.isEmpty() ? "" : ", " + parameters);
    return "  def %s(%s) -> %s:\n    return __torch__.%s(%s)\n"
        .formatted(name, self, result, name, String.join(", ", parameterNames(parameters)));
  }

  /** Names before the colons that stand outside brackets. */
  private static List<String> parameterNames(String parameters) {
    List<String> names = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < parameters.length(); i++) {
      char c = parameters.charAt(i);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c == ':' && depth == 0) {
        names.add(parameters.substring(start, i).strip());
      } else if (c == ',' && depth == 0) {
        start = i + 1;
      }
    }
    return names;
  }

  private static String qualify(String text, Map<String, String> functions) {
    if (functions.isEmpty()) {
      return text;
    }
    String names = functions.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|"));
    return Pattern.compile("(?<![\\w.\"'])(?<!def )(" + names + ")\\(")
        .matcher(text)
        .replaceAll("__torch__.$1(");
  }

  private static void requireOnlyFunctions(String name, String text) {
    Matcher definition = DEFINITION.matcher(text);
    int expected = 0;
    while (definition.find()) {
      expected++;
    }
    List<String> margin =
        text.lines().filter(line -> !line.isBlank() && !line.startsWith(" ")).toList();
    List<String> strange = margin.stream().filter(line -> !line.startsWith("def ")).toList();
    if (!strange.isEmpty() || margin.size() != expected) {
      throw new IllegalArgumentException(
          "Invalid kernel text: %s (only functions `def name(a: Type) -> Type:` may stand at the left"
                  .formatted(name)
              + " margin, with the parameters' further lines indented; found "
              + (strange.isEmpty() ? margin : strange)
              + ")");
    }
  }
}
