package io.kohaku.latent.exported;

import io.kohaku.device.DeviceWish;
import org.apache.spark.ml.param.Param;
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
    setDefault(device(), "auto");
  }

  /** What computes: {@code auto}, {@code cpu} or {@code gpu}, as {@code cluster.device} has it. */
  public Param<String> device() {
    // A new one each time, equal to all others: Spark asks for it before fields are set.
    return new Param<>(this, "device", "auto, cpu or gpu");
  }

  /** Sets what computes; {@code auto} unless set. */
  public PlainLatentEncoder setDevice(String name) {
    set(device(), name);
    return this;
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
            $(modelUrl()),
            images.schema().fieldIndex($(inputCol())),
            (Integer) $(batchSize()),
            DeviceWish.named($(device())));
    return images.mapPartitions(partition, Encoders.row(encodedSchema(images.schema())));
  }
}
