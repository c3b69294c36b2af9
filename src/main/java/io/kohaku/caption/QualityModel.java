package io.kohaku.caption;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.kohaku.files.NamedPath;
import io.kohaku.input.UnusableFileException;
import io.kohaku.post.PostTable;
import io.kohaku.post.Rating;
import io.kohaku.rows.TableFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Option;

/** Fitted thresholds: adds to a table of posts the word of each one's quality. */
public final class QualityModel extends Model<QualityModel> implements MLWritable {
  /** The column that {@link #transform} adds; null for posts too fresh to judge. */
  public static final String QUALITY = "quality";

  private static final long serialVersionUID = 1L;
  private static final String RATING = "rating";
  private static final String THRESHOLDS = "thresholds";
  private static final String METADATA = "metadata";
  private static final String DATA = "data";

  private final String uid;
  private final QualityThresholds thresholds;
  private final StringArrayParam names;
  private final BooleanParam strict;
  private final LongParam idCutoff;

  QualityModel(String uid, QualityThresholds thresholds) {
    this.uid = uid;
    this.thresholds = thresholds;
    this.names = new StringArrayParam(this, "names", "words from the lowest class to the highest");
    this.strict =
        new BooleanParam(this, "strict", "a count equal to a threshold belongs to the class below");
    this.idCutoff = new LongParam(this, "idCutoff", "highest id that gets a quality word");
  }

  /** Reads a model that was saved. */
  public static MLReader<QualityModel> read() {
    return new Reader();
  }

  /**
   * Reads the model of a folder.
   *
   * @throws UnusableFileException if it holds none
   */
  public static QualityModel load(String path) {
    try {
      return read().load(path);
    } catch (Exception e) { // Also what Spark throws without saying so.
      throw new UnusableFileException(
          "Cannot read the model of qualities in %s: %s"
              .formatted(path, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  /**
   * Makes sure that a folder looks like that of a model.
   *
   * @throws UnusableFileException if it lacks a part
   */
  public static void require(Path folder, Configuration hadoop) throws IOException {
    for (String part : List.of(METADATA, DATA)) {
      Path place = new Path(folder, part);
      if (NamedPath.existing(place.getFileSystem(hadoop), place).isEmpty()) {
        throw new UnusableFileException(
            "Cannot read the model of qualities in %s: it has no %s (name the folder %s that the job caption published)"
                .formatted(folder, part, QUALITY));
      }
    }
  }

  /** What the model has learned. */
  public QualityThresholds thresholds() {
    return thresholds;
  }

  /** Words from the lowest class to the highest, one more than thresholds. */
  public StringArrayParam names() {
    return names;
  }

  /** Whether a count equal to a threshold belongs to the class below it. */
  public BooleanParam strict() {
    return strict;
  }

  /** The highest id that gets a quality word. */
  public LongParam idCutoff() {
    return idCutoff;
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public Dataset<Row> transform(Dataset<?> posts) {
    transformSchema(posts.schema());
    QualityThresholds learned = thresholds;
    List<String> words = List.of($(names));
    boolean isStrict = (Boolean) $(strict);
    long lastId = (Long) $(idCutoff);
    UDF3<Long, String, Integer, String> word =
        (id, rating, favCount) ->
            new QualityWords(learned, words, isStrict, lastId)
                .of(id, Rating.ofTable(UTF8String.fromString(rating)), favCount)
                .orElse(null);
    return posts.withColumn(
        QUALITY,
        udf(word, StringType)
            .apply(col(PostTable.ID), col(PostTable.RATING), col(PostTable.FAV_COUNT)));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return withQuality(schema);
  }

  static StructType withQuality(StructType schema) {
    for (String column : List.of(PostTable.ID, PostTable.RATING, PostTable.FAV_COUNT)) {
      if (!List.of(schema.fieldNames()).contains(column)) {
        throw new IllegalArgumentException(
            "Missing column: %s of the posts (they have %s)"
                .formatted(column, String.join(", ", schema.fieldNames())));
      }
    }
    return schema.add(QUALITY, StringType);
  }

  @Override
  public QualityModel copy(ParamMap extra) {
    return copyValues(new QualityModel(uid, thresholds), extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new Writer(this);
  }

  private static final class Writer extends MLWriter {
    private static final StructType SCHEMA =
        new StructType().add(RATING, StringType).add(THRESHOLDS, createArrayType(IntegerType));

    private final QualityModel model;

    Writer(QualityModel model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
      List<Row> rows = new ArrayList<>();
      model
          .thresholds
          .byRating()
          .forEach((rating, values) -> rows.add(RowFactory.create(rating.letter(), values)));
      sparkSession().createDataFrame(rows, SCHEMA).coalesce(1).write().parquet(path + "/" + DATA);
    }
  }

  private static final class Reader extends MLReader<QualityModel> {
    @Override
    public QualityModel load(String path) {
      DefaultParamsReader.Metadata metadata =
          DefaultParamsReader.parseMetadata(metadata(path), QualityModel.class.getName());
      Map<Rating, List<Integer>> byRating = new EnumMap<>(Rating.class);
      for (Row row : TableFiles.read(sparkSession(), new Path(path, DATA)).collectAsList()) {
        byRating.put(Rating.ofTable(UTF8String.fromString(row.getString(0))), row.getList(1));
      }
      QualityModel model = new QualityModel(metadata.uid(), new QualityThresholds(byRating));
      metadata.getAndSetParams(model, Option.empty());
      return model;
    }

    /** Spark ML's own way takes the folder for a list of patterns. */
    private String metadata(String path) {
      return TableFiles.lines(sparkSession(), new Path(path, METADATA)).head();
    }
  }
}
