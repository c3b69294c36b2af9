package io.kohaku.caption;

import io.kohaku.post.PostTable;
import io.kohaku.post.Rating;
import io.kohaku.rows.InternalRows;
import io.kohaku.settings.captions.QualitySettings;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/** Learns from a table of posts which favourite counts part its qualities, within each rating. */
public final class QualityEstimator extends Estimator<QualityModel>
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final DoubleArrayParam percentiles;
  private final StringArrayParam names;
  private final BooleanParam strict;
  private final LongParam idCutoff;

  /** An estimator whose parameters are yet to be read; Spark calls it. */
  public QualityEstimator(String uid) {
    this.uid = uid;
    this.percentiles =
        new DoubleArrayParam(this, "percentiles", "percentiles of the thresholds, ascending");
    this.names = new StringArrayParam(this, "names", "words from the lowest class to the highest");
    this.strict =
        new BooleanParam(this, "strict", "a count equal to a threshold belongs to the class below");
    this.idCutoff = new LongParam(this, "idCutoff", "highest id that gets a quality word");
  }

  /** The estimator that the settings describe. */
  public static QualityEstimator of(QualitySettings settings) {
    QualityEstimator estimator = new QualityEstimator(Identifiable$.MODULE$.randomUID("quality"));
    double[] percentiles =
        settings.percentiles().stream().mapToDouble(Double::doubleValue).toArray();
    estimator.set(estimator.percentiles, percentiles);
    estimator.set(estimator.names, settings.names().toArray(String[]::new));
    estimator.set(estimator.strict, (Object) settings.strict());
    estimator.set(estimator.idCutoff, (Object) settings.idCutoff().orElse(Long.MAX_VALUE));
    return estimator;
  }

  /** Reads an estimator that was saved. */
  public static MLReader<QualityEstimator> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads the estimator of a folder. */
  public static QualityEstimator load(String path) {
    return read().load(path);
  }

  /** Percentiles of the thresholds, ascending. */
  public DoubleArrayParam percentiles() {
    return percentiles;
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

  /** One pass over two columns; what is kept is one number for each count that occurs. */
  @Override
  public QualityModel fit(Dataset<?> posts) {
    transformSchema(posts.schema());
    FavCounts counts =
        InternalRows.of(posts.toDF(), List.of(PostTable.RATING, PostTable.FAV_COUNT))
            .mapPartitions(QualityEstimator::count)
            .fold(new FavCounts(), FavCounts::addAll);
    if (counts.byRating().isEmpty()) {
      throw new IllegalArgumentException("Cannot fit quality thresholds: there are no posts");
    }
    List<Double> shares = Arrays.stream($(percentiles)).boxed().toList();
    Map<Rating, List<Integer>> thresholds = new EnumMap<>(Rating.class);
    counts
        .byRating()
        .forEach((rating, histogram) -> thresholds.put(rating, Percentiles.of(histogram, shares)));
    QualityModel model = new QualityModel(uid, new QualityThresholds(thresholds));
    return copyValues(model, ParamMap.empty()).setParent(this);
  }

  private static Iterator<FavCounts> count(Iterator<InternalRow> rows) {
    FavCounts counts = new FavCounts();
    rows.forEachRemaining(
        row -> counts.add(Rating.ofTable(row.getUTF8String(0)), row.getInt(1), 1));
    return List.of(counts).iterator();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return QualityModel.withQuality(schema);
  }

  @Override
  public QualityEstimator copy(ParamMap extra) {
    return defaultCopy(extra);
  }
}
