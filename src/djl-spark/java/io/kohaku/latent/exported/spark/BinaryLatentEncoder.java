package io.kohaku.latent.exported.spark;

import ai.djl.spark.task.binary.BinaryPredictor;
import io.kohaku.latent.exported.LatentEncoder;
import io.kohaku.latent.exported.VaeTranslatorFactory;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A {@link LatentEncoder} by the {@link BinaryPredictor} of DJL's Spark extension. */
public final class BinaryLatentEncoder extends LatentEncoder {
  private static final long serialVersionUID = 1L;

  /** An encoder whose parameters are yet to be set. */
  public BinaryLatentEncoder() {
    this(Identifiable$.MODULE$.randomUID("latents"));
  }

  /** An encoder whose parameters are yet to be read; Spark calls it. */
  public BinaryLatentEncoder(String uid) {
    super(uid);
  }

  /** Reads an encoder that was saved. */
  public static MLReader<BinaryLatentEncoder> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads the encoder of a folder. */
  public static BinaryLatentEncoder load(String path) {
    return read().load(path);
  }

  @Override
  protected Dataset<Row> encoded(Dataset<Row> images) {
    BinaryPredictor predictor = new BinaryPredictor();
    predictor.setInputCol($(inputCol()));
    predictor.setOutputCol($(outputCol()));
    predictor.setEngine("PyTorch");
    predictor.setModelUrl($(modelUrl()));
    predictor.setBatchSize((Integer) $(batchSize()));
    predictor.setBatchifier("stack"); // Without one DJL hands over one image at a time.
    predictor.setTranslatorFactory(new VaeTranslatorFactory());
    return predictor.predict(images);
  }
}
