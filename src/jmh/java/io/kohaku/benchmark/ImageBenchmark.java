package io.kohaku.benchmark;

import io.kohaku.image.ImageRejected;
import io.kohaku.image.prepare.ImagePreparer;
import io.kohaku.image.shard.ImageFetcher;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.image.shard.IndexStage;
import io.kohaku.image.shard.ShardTable;
import io.kohaku.settings.BucketSettings;
import io.kohaku.settings.ImageSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/**
 * Images per second of CPU time against Pillow and cv2, members indexed per second, and bytes read
 * over bytes needed. Rounds of the two programs alternate; medians are printed.
 */
public final class ImageBenchmark {
  private static final int IMAGES = 5;
  private static final int WARM_UP = 5;
  private static final int MEMBERS = 20_000;

  private final Path folder;
  private final int rounds;

  private ImageBenchmark(Path folder, int rounds) {
    this.folder = folder;
    this.rounds = rounds;
  }

  /** Takes a folder for its files; {@code -Drounds=5}, {@code -Dpython=python3}. */
  public static void main(String[] arguments) throws Exception {
    new ImageBenchmark(Path.of(arguments[0]), Integer.getInteger("rounds", 5)).run();
  }

  private void run() throws Exception {
    new ImagePreparer(settings(false)); // Loads OpenCV.
    Mat picture = picture();
    Path jpeg = write(picture, "photo.jpg", Imgcodecs.IMWRITE_JPEG_QUALITY);
    Path webp = write(picture, "photo.webp", Imgcodecs.IMWRITE_WEBP_QUALITY);
    compare("JPEG", jpeg, false);
    compare("JPEG, images.shrink-on-load", jpeg, true);
    compare("WebP", webp, false);
    index(Files.readAllBytes(jpeg));
  }

  private static ImageSettings settings(boolean shrinkOnLoad, String... shards) {
    return new ImageSettings(
        List.of(shards),
        1 << 27,
        100_000_000,
        32_767,
        1,
        ImageSettings.Alpha.DROP,
        "ffffff",
        ImageSettings.Orientation.IGNORE,
        ImageSettings.Resize.AREA,
        shrinkOnLoad,
        new BucketSettings(1024, 1024, 256, 4096, 64, true));
  }

  /** 2000x3000: soft shapes under a grain. */
  private static Mat picture() {
    Mat seeds = new Mat(150, 100, CvType.CV_8UC3);
    Core.setRNGSeed(1);
    Core.randu(seeds, 0, 256);
    Mat picture = new Mat();
    Imgproc.resize(seeds, picture, new Size(2000, 3000), 0, 0, Imgproc.INTER_CUBIC);
    Mat grain = new Mat(3000, 2000, CvType.CV_8UC3);
    Core.randn(grain, 6, 6);
    Core.add(picture, grain, picture);
    return picture;
  }

  private Path write(Mat picture, String name, int quality) throws IOException {
    MatOfByte bytes = new MatOfByte();
    Imgcodecs.imencode(
        name.substring(name.indexOf('.')), picture, bytes, new MatOfInt(quality, 90));
    return Files.write(folder.resolve(name), bytes.toArray());
  }

  private void compare(String what, Path file, boolean shrinkOnLoad) throws Exception {
    ImagePreparer preparer = new ImagePreparer(settings(shrinkOnLoad));
    byte[] bytes = Files.readAllBytes(file);
    List<Double> ours = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < WARM_UP; i++) {
      ours(preparer, bytes); // Compiles.
    }
    for (int round = 0; round < rounds; round++) {
      double rate = ours(preparer, bytes);
      ours.add(rate);
      Optional<Double> peer = peer(file);
      peer.ifPresent(other -> ratios.add(rate / other));
    }
    String ratio =
        ratios.isEmpty()
            ? "no Pillow and cv2 to compare with"
            : String.format(Locale.ROOT, "%.2f times Pillow and cv2", median(ratios));
    System.out.printf(
        Locale.ROOT,
        "%s 2000x3000 to 832x1216: %.1f images/s per core, %s%n",
        what,
        median(ours),
        ratio);
  }

  private static double ours(ImagePreparer preparer, byte[] bytes) throws ImageRejected {
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    for (int i = 0; i < IMAGES; i++) {
      preparer.prepare(bytes);
    }
    return IMAGES * 1e9 / (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
  }

  private static Optional<Double> peer(Path file) throws IOException, InterruptedException {
    Process python =
        new ProcessBuilder(
                System.getProperty("python", "python3"),
                "bench/pil_cv2.py",
                file.toString(),
                Integer.toString(IMAGES))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return python.waitFor() == 0 ? Optional.of(Double.parseDouble(out.strip())) : Optional.empty();
  }

  private void index(byte[] image) throws IOException {
    Path shards = Files.createDirectories(folder.resolve("shards"));
    tar(shards.resolve("data-0000.tar"), MEMBERS, new byte[20_000]);
    tar(shards.resolve("data-0001.tar"), 200, image);
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate()) {
      IndexStage stage = new IndexStage(settings(false, shards.toString()));
      List<Double> rates = new ArrayList<>();
      for (int round = 0; round <= rounds; round++) {
        long start = System.nanoTime();
        stage.scan(spark, Optional.empty()).count();
        rates.add((MEMBERS + 200) * 1e9 / (System.nanoTime() - start));
      }
      System.out.printf(Locale.ROOT, "index: %.0f members/s on one thread%n", median(rates));
      fetch(IndexStage.members(stage.scan(spark, Optional.empty())).collectAsList());
    }
  }

  private static void fetch(List<Row> members) throws IOException {
    List<Row> shuffled = new ArrayList<>(members.subList(0, 500));
    Collections.shuffle(shuffled, new Random(1));
    long needed = 0;
    long before = bytesRead();
    try (ImageFetcher fetcher = new ImageFetcher(new Configuration(), 1 << 27)) {
      for (Row row : shuffled) {
        needed += row.<Long>getAs(ShardTable.LENGTH);
        fetcher.fetch(
            new ImageSource(
                row.getAs(ShardTable.SHARD),
                row.<Long>getAs(ShardTable.OFFSET),
                row.<Long>getAs(ShardTable.LENGTH),
                row.<Long>getAs(ShardTable.STAMP)));
      }
    } catch (ImageRejected e) {
      throw new IllegalStateException(e);
    }
    System.out.printf(
        Locale.ROOT,
        "fetch: %.3f bytes read for each byte needed%n",
        (double) (bytesRead() - before) / needed);
  }

  private static long bytesRead() {
    return FileSystem.getGlobalStorageStatistics().get("file") == null
        ? 0
        : FileSystem.getGlobalStorageStatistics().get("file").getLong("bytesRead");
  }

  private static void tar(Path file, int members, byte[] data) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (int i = 0; i < members; i++) {
        TarArchiveEntry entry = new TarArchiveEntry(i + (members < MEMBERS ? MEMBERS : 0) + ".jpg");
        entry.setSize(data.length);
        tar.putArchiveEntry(entry);
        tar.write(data);
        tar.closeArchiveEntry();
      }
    }
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
