package io.kohaku.latent.encode;

import io.kohaku.image.Pictures;
import io.kohaku.image.shard.Archives;
import io.kohaku.latent.LatentSite;
import io.kohaku.latent.OverflowingVae;
import io.kohaku.latent.vae.EncoderChoice;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A program that encodes on two executors of a local cluster, kills one in the middle, and writes
 * what came of it: lines {@code <id> <bucket> <file> <position>}, then counts.
 */
final class KilledExecutor {
  static final int POSTS = 48;

  private final AtomicInteger lostTasks = new AtomicInteger();
  private final AtomicInteger lostExecutors = new AtomicInteger();

  private KilledExecutor() {}

  /** Takes an empty folder; leaves the file {@code result} in it. */
  public static void main(String[] arguments) throws Exception {
    new KilledExecutor().run(Path.of(arguments[0]));
  }

  private void run(Path folder) throws Exception {
    try (SparkSession spark = session()) {
      spark.sparkContext().addSparkListener(listener());
      LatentSite site = site(folder, spark);
      Thread killer = new Thread(() -> killOne(site), "killer");
      killer.setDaemon(true); // Where nothing is ever encoded this process ends with that failure.
      killer.start();
      List<Row> encoded = site.encode();
      killer.join();
      String lines =
          encoded.stream()
              .map(
                  row ->
                      row.getAs("id")
                          + " "
                          + row.getAs("bucket")
                          + " "
                          + row.getAs("file")
                          + " "
                          + row.getAs("position"))
              .collect(Collectors.joining("\n"));
      String counts =
          "\n%s\nfallbacks %s\nlost executors %s\nlost tasks %s\n"
              .formatted(
                  site.counts(), fallbacks(folder, spark), lostExecutors.get(), lostTasks.get());
      Files.writeString(folder.resolve("result"), lines + counts);
    }
  }

  private static SparkSession session() {
    return SparkSession.builder()
        .master("local-cluster[2,1,2048]")
        .appName("killed executor")
        .config("spark.ui.enabled", false)
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.executor.memory", "1g")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.executor.extraJavaOptions", System.getProperty("kohaku.executor.options"))
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.default.parallelism", 2)
        .getOrCreate();
  }

  private SparkListener listener() {
    return new SparkListener() {
      @Override
      public void onTaskEnd(SparkListenerTaskEnd end) {
        if (end.reason().toString().startsWith("ExecutorLostFailure")) {
          lostTasks.incrementAndGet();
        }
      }

      @Override
      public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
        lostExecutors.incrementAndGet();
      }
    };
  }

  private static LatentSite site(Path folder, SparkSession spark) throws IOException {
    LatentSite site = new LatentSite(folder, spark);
    for (int shard = 0; shard < 4; shard++) {
      Archives archive = Archives.empty();
      for (long id = shard; id < POSTS; id += 4) {
        archive.file(id + ".png", Pictures.png(300, 300, id));
        site.posts(Map.of(id, "300x300"));
      }
      site.shard("data-000" + shard + ".tar", archive);
    }
    return site;
  }

  /**
   * Encodes in fp16, which the driver has decided, on executors that only do as they are told.
   *
   * @return how many images the driver heard of that were encoded again, and how many have latents
   */
  private static String fallbacks(Path folder, SparkSession spark) throws IOException {
    Path other = Files.createDirectories(folder.resolve("half"));
    LatentSite made = new LatentSite(other, spark);
    OverflowingVae.unlessGrey(Path.of(made.plan().vae().checkpoint()));
    Archives archive = Archives.empty();
    for (long id = 0; id < 9; id++) { // A chunk has eight, so there are two tasks.
      archive.file(
          id + ".png", id % 2 == 0 ? OverflowingVae.grey(99, 99, 127) : Pictures.png(99, 99, id));
      made.posts(Map.of(id, "99x99"));
    }
    made.shard("data-0000.tar", archive);
    LatentSite half = made.with(new EncoderChoice(made.plan().vae(), Precision.FP16), other);
    int latents = half.encode().size();
    return half.fallbacks() + " of " + latents;
  }

  /**
   * Waits for the first finished chunk, then kills an executor while both work at others. The
   * executors are this process's only children.
   */
  private static void killOne(LatentSite site) {
    try {
      while (site.files().isEmpty()) {
        Thread.sleep(5);
      }
      try (Stream<ProcessHandle> children = ProcessHandle.current().descendants()) {
        ProcessHandle executor =
            children
                .filter(process -> process.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow();
        executor.destroyForcibly();
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
