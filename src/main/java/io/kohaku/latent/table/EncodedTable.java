package io.kohaku.latent.table;

import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.image.shard.ShardTable;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.LatentPlace;
import io.kohaku.latent.SizeConditioning;
import io.kohaku.latent.StoredLatent;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What became of every selected post: one row each, with the place of its latent or with the reason
 * why it has none.
 */
public final class EncodedTable {
  /** The post. */
  public static final String ID = ShardTable.ID;

  /** {@code <width>x<height>}. */
  public static final String BUCKET = "bucket";

  /** The store's file that holds the latent, relative to the store's folder. */
  public static final String FILE = "file";

  /** What the latent was made under: settings, weights and code that change it. */
  public static final String KEY = "key";

  /** Why there is no latent; null where there is one. */
  public static final String REASON = "reason";

  /** More about the reason. */
  public static final String DETAIL = "detail";

  /** The columns. */
  public static final StructType SCHEMA =
      new StructType()
          .add(ID, DataTypes.LongType)
          .add(BUCKET, DataTypes.StringType)
          .add("original_width", DataTypes.IntegerType)
          .add("original_height", DataTypes.IntegerType)
          .add("resized_width", DataTypes.IntegerType)
          .add("resized_height", DataTypes.IntegerType)
          .add("pixel_crop_left", DataTypes.IntegerType)
          .add("pixel_crop_top", DataTypes.IntegerType)
          .add("crop_left", DataTypes.IntegerType)
          .add("crop_top", DataTypes.IntegerType)
          .add("target_width", DataTypes.IntegerType)
          .add("target_height", DataTypes.IntegerType)
          .add("posterior", DataTypes.StringType)
          .add("storage", DataTypes.StringType)
          .add(ShardTable.SHARD, DataTypes.StringType)
          .add(ShardTable.OFFSET, DataTypes.LongType)
          .add(ShardTable.LENGTH, DataTypes.LongType)
          .add(ShardTable.STAMP, DataTypes.LongType)
          .add("sha256", DataTypes.StringType)
          .add(KEY, DataTypes.StringType)
          .add(FILE, DataTypes.StringType)
          .add("position", DataTypes.LongType)
          .add("size", DataTypes.IntegerType)
          .add("checksum", DataTypes.IntegerType)
          .add(REASON, DataTypes.StringType)
          .add(DETAIL, DataTypes.StringType);

  private EncodedTable() {}

  /** The table's columns of this dataset, in order. */
  public static Dataset<Row> require(Dataset<Row> dataset) {
    return dataset.select(
        Arrays.stream(SCHEMA.fieldNames()).map(dataset::col).toArray(Column[]::new));
  }

  public static Row row(Outcome outcome) {
    if (outcome instanceof Outcome.Rejected rejected) {
      Object[] values = new Object[SCHEMA.size()];
      values[SCHEMA.fieldIndex(ID)] = rejected.image().id();
      values[SCHEMA.fieldIndex(ShardTable.SHARD)] = rejected.image().source().shard();
      values[SCHEMA.fieldIndex(REASON)] = rejected.reason();
      values[SCHEMA.fieldIndex(DETAIL)] = rejected.detail();
      return RowFactory.create(values);
    }
    return row(((Outcome.Encoded) outcome).latent());
  }

  public static Row row(StoredLatent latent) {
    LatentOrigin origin = latent.origin();
    Placement placement = origin.placement();
    Placement.LetterBox box = placement.letterBox();
    ImageSource source = origin.source();
    LatentPlace place = latent.place();
    return RowFactory.create(
        origin.id(),
        placement.bucket().name(),
        placement.originalWidth(),
        placement.originalHeight(),
        placement.resizedWidth(),
        placement.resizedHeight(),
        placement.cropLeft(),
        placement.cropTop(),
        (int) box.left(),
        (int) box.top(),
        placement.bucket().width(),
        placement.bucket().height(),
        origin.format().posterior().name(),
        origin.format().storage().name(),
        source.shard(),
        source.offset(),
        source.length(),
        source.stamp(),
        origin.sha256(),
        origin.key(),
        place.file(),
        place.position(),
        place.size(),
        place.checksum(),
        null,
        null);
  }

  public static StoredLatent latent(Row row) {
    LatentOrigin origin =
        new LatentOrigin(
            row.getAs(ID),
            new Placement(
                row.<Integer>getAs("original_width"),
                row.<Integer>getAs("original_height"),
                row.<Integer>getAs("resized_width"),
                row.<Integer>getAs("resized_height"),
                Bucket.parse(row.getAs(BUCKET))),
            source(row),
            row.getAs("sha256"),
            row.getAs(KEY),
            format(row));
    return new StoredLatent(origin, place(row));
  }

  public static LatentFormat format(Row row) {
    return new LatentFormat(
        Posterior.valueOf(row.getAs("posterior")), Storage.valueOf(row.getAs("storage")));
  }

  public static LatentPlace place(Row row) {
    return new LatentPlace(
        row.getAs(FILE),
        row.<Long>getAs("position"),
        row.<Integer>getAs("size"),
        row.<Integer>getAs("checksum"));
  }

  /** What SDXL is told about the size of the row's image. */
  public static SizeConditioning sizes(Row row) {
    return new SizeConditioning(
        row.<Integer>getAs("original_height"),
        row.<Integer>getAs("original_width"),
        row.<Integer>getAs("crop_top"),
        row.<Integer>getAs("crop_left"),
        row.<Integer>getAs("target_height"),
        row.<Integer>getAs("target_width"));
  }

  public static ImageSource source(Row row) {
    return new ImageSource(
        row.getAs(ShardTable.SHARD),
        row.<Long>getAs(ShardTable.OFFSET),
        row.<Long>getAs(ShardTable.LENGTH),
        row.<Long>getAs(ShardTable.STAMP));
  }

  /** All columns, those not given as null, for rows that have no latent. */
  public static Column[] reject(Column id, String reason, Column detail) {
    Column[] columns = new Column[SCHEMA.size()];
    for (int i = 0; i < columns.length; i++) {
      String name = SCHEMA.fieldNames()[i];
      DataType type = SCHEMA.fields()[i].dataType();
      Column value =
          switch (name) {
            case ID -> id;
            case REASON -> functions.lit(reason);
            case DETAIL -> detail;
            default -> functions.lit(null);
          };
      columns[i] = value.cast(type).as(name);
    }
    return columns;
  }
}
