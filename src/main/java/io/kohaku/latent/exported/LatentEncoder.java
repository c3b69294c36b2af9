package io.kohaku.latent.exported;

import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A stage of a Spark ML pipeline that gives images their latents by an exported VAE: a column of
 * image files' bytes is replaced by one of {@link EncodedImageTable#SCHEMA}.
 *
 * <p>Every row is kept; one whose image cannot be used has a reason. The images' column is dropped,
 * so that their bytes do not travel on. Each task loads the model once and closes it at its end:
 * use few, large partitions, and write the result before looking at it twice, since each action
 * encodes again. Rows of one size that follow each other are batched, and a batch's size changes
 * latents in their last bits.
 */
public abstract class LatentEncoder extends Transformer implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> outputCol;
  private final Param<String> modelUrl;
  private final IntParam batchSize;

  /** An encoder whose parameters are yet to be set. */
  protected LatentEncoder(String uid) {
    this.uid = uid;
    this.inputCol = new Param<>(this, "inputCol", "column of image files' bytes");
    this.outputCol = new Param<>(this, "outputCol", "column of encoded images");
    this.modelUrl = new Param<>(this, "modelUrl", "folder of the exported VAE, on every machine");
    this.batchSize =
        new IntParam(
            this, "batchSize", "rows handed to the model at once", ParamValidators.gtEq(1));
    setDefault(inputCol, "image");
    setDefault(outputCol, "encoded");
    setDefault(batchSize, 4);
  }

  /**
   * The table with one more column, {@code encoded}, of {@link EncodedImage}'s bytes.
   *
   * @param images a table with a column of image files' bytes
   */
  protected abstract Dataset<Row> encoded(Dataset<Row> images);

  /** Column of image files' bytes. */
  public final Param<String> inputCol() {
    return inputCol;
  }

  /** Column of encoded images. */
  public final Param<String> outputCol() {
    return outputCol;
  }

  /** The folder of the exported VAE, for example {@code file:///models/vae-encoder-0123}. */
  public final Param<String> modelUrl() {
    return modelUrl;
  }

  /** Rows handed to the model at once. */
  public final IntParam batchSize() {
    return batchSize;
  }

  /** Sets the column of image files' bytes; {@code image} unless set. */
  public final LatentEncoder setInputCol(String name) {
    set(inputCol, name);
    return this;
  }

  /** Sets the column of encoded images; {@code encoded} unless set. */
  public final LatentEncoder setOutputCol(String name) {
    set(outputCol, name);
    return this;
  }

  /** Sets the folder of the exported VAE. */
  public final LatentEncoder setModelUrl(String url) {
    set(modelUrl, url);
    return this;
  }

  /** Sets how many rows are handed to the model at once; 4 unless set. */
  public final LatentEncoder setBatchSize(int rows) {
    set(batchSize, (Object) rows);
    return this;
  }

  @Override
  public final String uid() {
    return uid;
  }

  @Override
  public final Dataset<Row> transform(Dataset<?> images) {
    transformSchema(images.schema());
    return EncodedImageTable.read(encoded(images.toDF()), $(outputCol)).drop($(inputCol));
  }

  @Override
  public final StructType transformSchema(StructType schema) {
    String images = $(inputCol);
    if (!isSet(modelUrl)) {
      throw new IllegalArgumentException(
          "Missing parameter: modelUrl of " + uid + " (the folder that export-vae wrote)");
    }
    if (!schema.getFieldIndex(images).isDefined()) {
      throw new IllegalArgumentException(
          "Missing column: %s (there are %s)"
              .formatted(images, String.join(", ", schema.fieldNames())));
    }
    if (!(schema.apply(images).dataType() instanceof BinaryType)) {
      throw new IllegalArgumentException(
          "Invalid column: %s is %s (must be binary, image files' bytes)"
              .formatted(images, schema.apply(images).dataType().simpleString()));
    }
    StructType result = new StructType();
    for (var field : schema.fields()) {
      result = field.name().equals(images) ? result : result.add(field);
    }
    return result.add($(outputCol), EncodedImageTable.SCHEMA);
  }

  /** The table's columns and the encoded images' bytes, as a plain stage makes them. */
  protected final StructType encodedSchema(StructType schema) {
    return schema.add($(outputCol), DataTypes.BinaryType);
  }

  @Override
  public LatentEncoder copy(ParamMap extra) {
    return defaultCopy(extra);
  }
}
