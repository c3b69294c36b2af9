package io.kohaku.latent;

import io.kohaku.LocalSpark;
import io.kohaku.demo.model.TinySdxl;
import io.kohaku.image.shard.Archives;
import io.kohaku.image.shard.IndexStage;
import io.kohaku.latent.encode.EncodeCounters;
import io.kohaku.latent.encode.EncodePlan;
import io.kohaku.latent.encode.EncodeStage;
import io.kohaku.latent.encode.LatentCounts;
import io.kohaku.latent.encode.LatentWork;
import io.kohaku.latent.encode.StoreBefore;
import io.kohaku.latent.store.LatentStore;
import io.kohaku.latent.table.EncodedTable;
import io.kohaku.latent.table.LatentTable;
import io.kohaku.latent.vae.EncoderChoice;
import io.kohaku.latent.vae.VaeSource;
import io.kohaku.settings.LatentSettings;
import io.kohaku.settings.Precision;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A small site: shards, posts, the tiny VAE, and the tables that the stages make of them. */
public final class LatentSite {
  private static final StructType POSTS =
      new StructType()
          .add("id", DataTypes.LongType)
          .add("image_width", DataTypes.IntegerType)
          .add("image_height", DataTypes.IntegerType);

  private final Path folder;
  private final SparkSession spark;
  private final EncodePlan plan;
  private final TreeMap<Long, String> sizes = new TreeMap<>();
  private int runs;
  private boolean remembers;
  private boolean retries;
  private long fallbacks;
  private LatentWork work;
  private LatentCounts counts;

  public LatentSite(Path folder) throws IOException {
    this(folder, LocalSpark.session());
  }

  public LatentSite(Path folder, SparkSession spark) throws IOException {
    this(folder, plain(spark), plan(folder));
    TinySdxl.load().write(Path.of(plan.vae().checkpoint()));
    Files.createDirectories(folder.resolve("shards"));
  }

  private LatentSite(Path folder, SparkSession spark, EncodePlan plan) {
    this.folder = folder;
    this.spark = spark;
    this.plan = plan;
  }

  private static EncodePlan plan(Path folder) {
    return new EncodePlan(
        SmallImages.images(folder.resolve("shards").toString()),
        SmallImages.latents(LatentSettings.Posterior.SAMPLE, Precision.FP32),
        new VaeSource(folder.resolve("tiny.safetensors").toString(), "", 32),
        1,
        folder.resolve("store").toString());
  }

  /** The same posts and shards, encoded otherwise and kept in {@code other}. */
  public LatentSite with(EncoderChoice encoder, Path other) {
    String store = other.resolve("store").toString();
    EncodePlan changed =
        new EncodePlan(plan.images(), plan.latents(), plan.vae(), plan.seed(), store).with(encoder);
    LatentSite site = new LatentSite(other, spark, changed);
    site.posts(sizes);
    return site;
  }

  /** A session that plans each query once and compiles none: the tables have a few rows. */
  private static SparkSession plain(SparkSession spark) {
    SparkSession session = spark.newSession();
    session.conf().set("spark.sql.adaptive.enabled", false);
    session.conf().set("spark.sql.codegen.wholeStage", false);
    session.conf().set("spark.sql.shuffle.partitions", 2);
    return session;
  }

  public EncodePlan plan() {
    return plan;
  }

  public void shard(String name, Archives archive) throws IOException {
    Files.write(folder.resolve("shards").resolve(name), archive.finish());
  }

  public void posts(Map<Long, String> sizesById) {
    sizes.putAll(sizesById);
  }

  /** Indexes, encodes and publishes; what became of each post, by id. */
  public List<Row> encode() throws IOException {
    return encode(runs > 0);
  }

  /** The same, without the tables of the run before unless told so. */
  public List<Row> encode(boolean knowsPrevious) throws IOException {
    runs++;
    remembers = knowsPrevious;
    Dataset<Row> scan = new IndexStage(plan.images()).scan(spark, previous("scan"));
    Dataset<Row> written = write(scan, "scan");
    EncodeCounters counters = EncodeCounters.of(spark.sparkContext());
    StoreBefore before = StoreBefore.of(plan, new Configuration(), previous("latents"));
    work = new EncodeStage(plan, counters).encode(posts(), IndexStage.members(written), before);
    if (retries) {
      work.table().collectAsList();
    }
    Dataset<Row> encoded = write(work.table(), "encoded");
    counts = before.count(encoded, plan.importKey());
    fallbacks = counters.fallbacks().value();
    LatentTable.of(encoded, plan.seed())
        .write()
        .partitionBy(EncodedTable.BUCKET)
        .parquet(path("latents", runs));
    return encoded.orderBy("id").collectAsList();
  }

  /** From now on each task is run again when it has finished, as if its rows had been lost. */
  public void retryTasks() {
    retries = true;
  }

  /** What the last run had to do. */
  public LatentWork work() {
    return work;
  }

  /** Where the last run's latents came from. */
  public LatentCounts counts() {
    return counts;
  }

  /** How many images the last run encoded again in fp32. */
  public long fallbacks() {
    return fallbacks;
  }

  private Dataset<Row> posts() {
    List<Row> rows = new ArrayList<>();
    sizes.forEach(
        (id, size) -> {
          String[] sides = size.split("x");
          rows.add(RowFactory.create(id, Integer.parseInt(sides[0]), Integer.parseInt(sides[1])));
        });
    return spark.createDataFrame(rows, POSTS);
  }

  private Optional<Dataset<Row>> previous(String table) {
    return !remembers ? Optional.empty() : Optional.of(spark.read().parquet(path(table, runs - 1)));
  }

  private Dataset<Row> write(Dataset<Row> table, String name) {
    table.write().parquet(path(name, runs));
    return spark.read().parquet(path(name, runs));
  }

  private String path(String table, int run) {
    return folder.resolve(table + "-" + run).toString();
  }

  /** What training needs of the last run's {@link LatentTable}, by bucket and row. */
  public List<Row> latents() {
    return LatentTable.training(spark.read().parquet(path("latents", runs)))
        .orderBy(EncodedTable.BUCKET, LatentTable.ROW)
        .collectAsList();
  }

  /** The bytes of a post's image, by the index. */
  public byte[] bytes(long id) throws IOException {
    Row member =
        IndexStage.members(spark.read().parquet(path("scan", runs)))
            .where("id = " + id)
            .collectAsList()
            .get(0);
    byte[] bytes = new byte[(int) (long) member.<Long>getAs("length")];
    try (var file = Files.newByteChannel(Path.of(URI.create(member.<String>getAs("shard"))))) {
      file.position(member.<Long>getAs("offset")).read(ByteBuffer.wrap(bytes));
    }
    return bytes;
  }

  /** The bytes of a stored latent. */
  public byte[] latent(Row encoded) throws IOException {
    return new LatentStore(new Configuration(), plan.store())
        .bytes(encoded.getAs(EncodedTable.ID), LatentColumn.place(EncodedTable.values(encoded)));
  }

  /** The store's files, relative to its folder. */
  public List<String> files() throws IOException {
    return new LatentStore(new Configuration(), plan.store()).files();
  }

  /** The posts whose latents one of the store's files holds. */
  public List<Long> posts(String file) throws IOException {
    return new LatentStore(new Configuration(), plan.store())
        .list(file).stream().map(latent -> latent.origin().id()).sorted().toList();
  }

  public static List<Long> ids(List<Row> encoded) {
    return encoded.stream().map(row -> row.<Long>getAs("id")).toList();
  }

  public static Map<Long, String> reasons(List<Row> encoded) {
    TreeMap<Long, String> reasons = new TreeMap<>();
    for (Row row : encoded) {
      if (row.getAs("reason") != null) {
        reasons.put(row.getAs("id"), row.getAs("reason"));
      }
    }
    return reasons;
  }
}
