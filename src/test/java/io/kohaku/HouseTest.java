package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The sizes and directions that the code keeps to, beside those that the linter checks. */
class HouseTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Pattern IMPORT =
      Pattern.compile(
          "^import (?:static )?(io\\.kohaku(?:\\.[a-z]\\w*)*)\\.[A-Z]", Pattern.MULTILINE);

  private static final Pattern FULL_NAME =
      Pattern.compile("\\b((?:io\\.kohaku|org\\.[a-z]+|com\\.[a-z]+|ai\\.djl|scala))\\.[a-zA-Z]");
  private static final Pattern LITERALS =
      Pattern.compile(
          "(Locale\\.ROOT,\\s*)?((?:\"(?:[^\"\\\\\\n]|\\\\.)*\"(?:\\s*\\+\\s*(?=\"))?)+)");
  private static final Pattern NUMBER = Pattern.compile("%(\\d+\\$)?[-+0-9,.]*[dfgeE]");

  private static List<Path> files() {
    try (Stream<Path> all = Files.walk(SOURCES)) {
      return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String packageOf(Path file) {
    return SOURCES.relativize(file.getParent()).toString().replace('/', '.');
  }

  @Test
  void noPackageHasMoreThanTwentyFiles() {
    Map<String, Long> crowded =
        files().stream()
            .collect(
                Collectors.groupingBy(HouseTest::packageOf, TreeMap::new, Collectors.counting()));
    assertThat(crowded).hasSizeGreaterThan(50);
    crowded.values().removeIf(count -> count <= 20);
    assertThat(crowded).isEmpty();
  }

  @Test
  void halfOfTheFilesAreShorterThanEightyLines() {
    List<Long> lengths = files().stream().map(HouseTest::lines).sorted().toList();
    assertThat(lengths.get(lengths.size() / 2)).isLessThan(80);
    assertThat(lengths.get(lengths.size() - 1)).isLessThanOrEqualTo(250);
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A full name in the code would pass by the table of directions, but for what it allows. */
  @Test
  void whatIsUsedIsImported() {
    assertThat(found(HouseTest::strangers)).isEmpty();
  }

  /** {@code %d} and its like print the digits of the machine's language: keys would differ. */
  @Test
  void numbersAreWrittenAlikeInEveryLanguage() {
    assertThat(found(HouseTest::localNumbers)).isEmpty();
  }

  private static List<String> found(Function<String, Stream<String>> faults) {
    return files().stream()
        .flatMap(file -> faults.apply(text(file)).map(fault -> file + ": " + fault))
        .toList();
  }

  /** Names of packages of which a file imports nothing. */
  private static Stream<String> strangers(String source) {
    return FULL_NAME
        .matcher(
            withoutComments(source)
                .replaceAll("(?m)^(import|package) .*$", "")
                .replaceAll(LITERALS.pattern(), ""))
        .results()
        .map(name -> name.group(1))
        .filter(root -> root.equals("io.kohaku") || !source.contains("import " + root));
  }

  /** Formats of numbers that stand elsewhere than behind {@code Locale.ROOT}. */
  private static Stream<String> localNumbers(String source) {
    return LITERALS
        .matcher(withoutComments(source))
        .results()
        .filter(literal -> literal.group(1) == null)
        .map(literal -> literal.group(2))
        .filter(NUMBER.asPredicate());
  }

  private static String withoutComments(String source) {
    return source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What has no row there would have the rights of the package around it. */
  @Test
  void everyPackageHasItsRowAmongTheDirections() throws Exception {
    Document table =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new InputSource(
                    new StringReader(
                        Files.readString(Path.of("src/checkstyle/import-control.xml"))
                            .replaceFirst("<!DOCTYPE[^>]*>", ""))));
    Set<String> rows = new TreeSet<>();
    collect(table.getDocumentElement(), "", rows);
    assertThat(files().stream().map(HouseTest::packageOf)).isNotEmpty().allMatch(rows::contains);
  }

  private static void collect(Element row, String above, Set<String> rows) {
    String name =
        above.isEmpty() ? row.getAttribute("pkg") : above + "." + row.getAttribute("name");
    rows.add(name);
    NodeList children = row.getElementsByTagName("subpackage");
    for (int i = 0; i < children.getLength(); i++) {
      if (children.item(i).getParentNode() == row) {
        collect((Element) children.item(i), name, rows);
      }
    }
  }

  /** Takes away packages that import none of those that are left, until nothing more goes. */
  @Test
  void packagesImportEachOtherInNoCircle() throws IOException {
    Map<String, Set<String>> imports = imports();
    assertThat(imports.get("io.kohaku.train")).contains("io.kohaku.train.loop");
    boolean shrinks = true;
    while (shrinks) {
      Collection<String> left = Set.copyOf(imports.keySet());
      shrinks = imports.values().removeIf(wanted -> wanted.stream().noneMatch(left::contains));
    }
    assertThat(imports).isEmpty();
  }

  private static Map<String, Set<String>> imports() throws IOException {
    Map<String, Set<String>> imports = new TreeMap<>();
    for (Path file : files()) {
      Set<String> wanted = imports.computeIfAbsent(packageOf(file), name -> new TreeSet<>());
      IMPORT.matcher(Files.readString(file)).results().forEach(found -> wanted.add(found.group(1)));
      wanted.remove(packageOf(file));
    }
    return imports;
  }
}
