package io.kohaku.tensor;

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
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Composes kernel texts into one TorchScript archive: a stored zip of code without weights. */
final class ScriptArchive {
  private static final Pattern DEFINITION =
      Pattern.compile("(?m)^def\\s+(\\w+)\\s*\\(([^)]*)\\)\\s*->\\s*([^\\n]+):[ \\t]*$");
  private static final Pattern COMMENT = Pattern.compile("(?m)[ \\t]*#[^\\n]*$");
  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 0x02, 0x29, 0x2e};

  private ScriptArchive() {}

  /** The archive of all {@code sources} as bytes. */
  static byte[] compose(List<KernelSource> sources) {
    byte[] code = code(sources).getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(code.length + 1024);
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      put(zip, "kernels/version", "10\n".getBytes(StandardCharsets.US_ASCII));
      put(zip, "kernels/constants.pkl", EMPTY_TUPLE);
      put(zip, "kernels/data.pkl", emptyModule());
      put(zip, "kernels/code/__torch__.py", code);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot compose kernels: " + e.getMessage(), e);
    }
    return bytes.toByteArray();
  }

  /** The one code file: all functions, then the class whose methods call them. */
  static String code(List<KernelSource> sources) {
    Map<String, String> owners = new LinkedHashMap<>();
    StringBuilder functions = new StringBuilder();
    StringBuilder methods = new StringBuilder();
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
    return qualify(functions.toString(), owners)
        + "class Kernels(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
        + methods;
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

  /** Pickle of an instance of {@code __torch__.Kernels} without attributes. */
  private static byte[] emptyModule() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {(byte) 0x80, 0x02});
    bytes.writeBytes("c__torch__\nKernels\n".getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(new byte[] {0x29, (byte) 0x81, 0x7d, 0x62, 0x2e});
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
