package io.kohaku.latent.exported;

import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** A {@link LatentEncoder} by DJL's predictor alone. */
public final class PlainLatentEncoder extends LatentEncoder {
  private static final long serialVersionUID = 1L;

  /** An encoder whose parameters are yet to be set. */
  public PlainLatentEncoder() {
    this(Identifiable$.MODULE$.randomUID("latents"));
  }

  /** An encoder whose parameters are yet to be read; Spark calls it. */
  public PlainLatentEncoder(String uid) {
    super(uid);
  }

  /** Reads an encoder that was saved. */
  public static MLReader<PlainLatentEncoder> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads the encoder of a folder. */
  public static PlainLatentEncoder load(String path) {
    return read().load(path);
  }

  @Override
  protected Dataset<Row> encoded(Dataset<Row> images) {
    PredictorPartition partition =
        new PredictorPartition(
            $(modelUrl()), images.schema().fieldIndex($(inputCol())), (Integer) $(batchSize()));
    return images.mapPartitions(partition, Encoders.row(encodedSchema(images.schema())));
  }
}
