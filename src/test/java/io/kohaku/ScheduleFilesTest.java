package io.kohaku;

import static org.assertj.core.api.Assertions.assertThat;

import io.kohaku.settings.SettingsSource;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What schedulers are given agrees with the jobs, their settings and their properties files. */
class ScheduleFilesTest {
  private static final Path JOBS = Path.of("jobs");

  private static Properties properties(String job) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(JOBS.resolve(job + ".properties"))) {
      properties.load(reader);
    }
    return properties;
  }

  private static Map<?, ?> map(Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<?, ?>) value;
  }

  private static Map<?, ?> application(String file, String kind) throws IOException {
    Map<?, ?> whole =
        map(new Yaml().load(Files.readString(JOBS.resolve("kubernetes").resolve(file))));
    assertThat(whole.get("kind")).isEqualTo(kind);
    assertThat(whole.get("apiVersion")).isEqualTo("sparkoperator.k8s.io/v1beta2");
    Map<?, ?> spec = map(whole.get("spec"));
    return kind.startsWith("Scheduled") ? map(spec.get("template")) : spec;
  }

  private static void agrees(Map<?, ?> application, String job) throws IOException {
    Properties wanted = properties(job);
    Map<?, ?> executor = map(application.get("executor"));
    Map<?, ?> driver = map(application.get("driver"));
    assertThat(executor.get("instances").toString())
        .isEqualTo(wanted.remove("spark.executor.instances"));
    assertThat(executor.get("cores").toString()).isEqualTo(wanted.remove("spark.executor.cores"));
    assertThat(executor.get("memory")).isEqualTo(wanted.remove("spark.executor.memory"));
    assertThat(executor.get("memoryOverhead"))
        .isEqualTo(wanted.remove("spark.executor.memoryOverhead"));
    assertThat(driver.get("memory")).isEqualTo(wanted.remove("spark.driver.memory"));
    wanted.remove("spark.eventLog.enabled");
    Map<?, ?> conf = map(application.get("sparkConf"));
    wanted.forEach((key, value) -> assertThat(conf.get(key)).as(key.toString()).isEqualTo(value));
    assertThat(application.get("mainClass")).isEqualTo(Main.class.getName());
    settingsAreKnown((List<?>) application.get("arguments"), job);
  }

  /**
   * The command line of a schedule, with the recipe files of this folder for those of the image.
   */
  private static void settingsAreKnown(List<?> arguments, String job) {
    assertThat(arguments.get(0)).isEqualTo(job);
    List<Path> files = new ArrayList<>();
    List<String> overrides = new ArrayList<>();
    for (int i = 1; i < arguments.size(); i += 2) {
      String value = arguments.get(i + 1).toString();
      switch (arguments.get(i).toString()) {
        case "--conf" -> files.add(Path.of(value.replace("/opt/kohaku/", "")));
        case "--set" -> overrides.add(value);
        default -> throw new AssertionError("Unknown option: " + arguments.get(i));
      }
    }
    assertThat(SettingsSource.read(files, overrides).settings().run().work())
        .isEqualTo("/mnt/kohaku/delta");
  }

  @Test
  void kubernetesTrainsAsThePropertiesSay() throws IOException {
    agrees(application("train.yaml", "SparkApplication"), "train");
  }

  @Test
  void kubernetesRunsThePipelineAsThePropertiesSay() throws IOException {
    agrees(application("pipeline.yaml", "ScheduledSparkApplication"), "pipeline");
  }

  @Test
  void airflowKnowsTheJobs() throws IOException {
    String text = Files.readString(JOBS.resolve("airflow").resolve("kohaku_delta.py"));
    Matcher stages = Pattern.compile("STAGES = \\[(.*)]").matcher(text);
    assertThat(stages.find()).isTrue();
    List<String> names = List.of(stages.group(1).replaceAll("[\" ]", "").split(","));
    assertThat(names).hasSize(10);
    assertThat(Main.commandLine().getSubcommands().keySet()).containsAll(names);
    for (String name : names) {
      assertThat(properties(name)).as(name).isNotEmpty();
    }
    Matcher settings = Pattern.compile("\"([a-z-]+\\.[a-z-]+)\": ['\"](.*)['\"],").matcher(text);
    List<String> overrides = new ArrayList<>();
    while (settings.find()) {
      overrides.add(settings.group(1) + "=" + settings.group(2));
    }
    assertThat(overrides).hasSize(5);
    assertThat(SettingsSource.read(List.of(), overrides).settings().posts().path()).isNotBlank();
  }

  @Test
  void everyJobThatRunsOnAClusterHasProperties() throws IOException {
    TreeSet<String> jobs = new TreeSet<>(Main.commandLine().getSubcommands().keySet());
    jobs.removeAll(List.of("demo-data", "doctor"));
    for (String job : jobs) {
      assertThat(JOBS.resolve(job + ".properties")).isRegularFile();
    }
  }
}
