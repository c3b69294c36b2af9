package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/** DJL's Spark extension is asked for under its profile, and nowhere else. */
class DjlSparkProfileTest {
  private static final String PROFILE = "/project/profiles/profile[id='djl-spark']";
  private static final String EXTENSION = "dependencies/dependency[groupId='ai.djl.spark']";
  private static Document pom;

  @BeforeAll
  static void read() throws Exception {
    pom = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse("pom.xml");
  }

  private static String text(String path) throws XPathExpressionException {
    XPath xpath = XPathFactory.newInstance().newXPath();
    return xpath.evaluate(path, pom);
  }

  @Test
  void theProfileBringsTheExtensionAndNoOtherSpark() throws XPathExpressionException {
    String extension = PROFILE + "/" + EXTENSION;
    assertThat(text(extension + "/artifactId")).isEqualTo("spark_${scala.binary}");
    assertThat(text(extension + "/version")).isEqualTo("${djl.version}");
    String exclusions = extension + "/exclusions/exclusion";
    assertThat(text(exclusions + "[groupId='org.apache.spark']/artifactId")).isEqualTo("*");
    assertThat(text("count(" + exclusions + ")")).isEqualTo("3");
    for (String folder : List.of("src/djl-spark/java", "src/djl-spark/test")) {
      assertThat(text("count(%s//source[.='%s'])".formatted(PROFILE, folder))).isEqualTo("1");
      assertThat(Path.of(folder)).isDirectory();
    }
    assertThat(text("count(%s/activation)".formatted(PROFILE))).isEqualTo("0");
  }

  @Test
  void theDefaultBuildKnowsNothingOfIt() throws XPathExpressionException, IOException {
    assertThat(text("count(/project/%s)".formatted(EXTENSION))).isEqualTo("0");
    assertThat(text("count(//%s)".formatted(EXTENSION))).isEqualTo("1");
    for (String folder : List.of("src/main/java", "src/test/java", "src/jmh/java")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        for (Path file : files.filter(name -> name.toString().endsWith(".java")).toList()) {
          assertThat(Files.readString(file))
              .as("%s", file)
              .doesNotContain("\nimport ai.djl.spark.");
        }
      }
    }
  }
}
