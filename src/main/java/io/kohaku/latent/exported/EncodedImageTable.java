package io.kohaku.latent.exported;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.kohaku.image.Placement;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@link EncodedImage}s as a column that queries can look into. */
public final class EncodedImageTable {
  /**
   * One encoded image; either {@code reason} or all that stands before it is null. Sizes are in
   * pixels, {@code crop_left} and {@code crop_top} are what was cut off the resized image.
   */
  public static final StructType SCHEMA =
      new StructType()
          .add("bucket", DataTypes.StringType)
          .add("original_width", DataTypes.IntegerType)
          .add("original_height", DataTypes.IntegerType)
          .add("crop_left", DataTypes.IntegerType)
          .add("crop_top", DataTypes.IntegerType)
          .add("posterior", DataTypes.StringType)
          .add("storage", DataTypes.StringType)
          .add("latent", DataTypes.BinaryType)
          .add("reason", DataTypes.StringType)
          .add("detail", DataTypes.StringType);

  private EncodedImageTable() {}

  /** The table with the column {@code name} of {@link EncodedImage}'s bytes read. */
  public static Dataset<Row> read(Dataset<Row> table, String name) {
    UDF1<byte[], Row> row = bytes -> row(EncodedImage.of(bytes));
    return table.withColumn(name, udf(row, SCHEMA).apply(col(name)));
  }

  private static Row row(EncodedImage image) {
    if (image instanceof EncodedImage.Latent latent) {
      Placement placement = latent.placement();
      return RowFactory.create(
          placement.bucket().name(),
          placement.originalWidth(),
          placement.originalHeight(),
          placement.cropLeft(),
          placement.cropTop(),
          latent.format().posterior().name(),
          latent.format().storage().name(),
          latent.bytes(),
          null,
          null);
    }
    EncodedImage.Rejected rejected = (EncodedImage.Rejected) image;
    return RowFactory.create(
        null, null, null, null, null, null, null, null, rejected.reason(), rejected.detail());
  }
}
