package io.kohaku.latent.store;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import io.kohaku.image.Bucket;
import io.kohaku.image.Placement;
import io.kohaku.image.shard.ImageSource;
import io.kohaku.latent.LatentFormat;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.settings.LatentSettings.Posterior;
import io.kohaku.settings.LatentSettings.Storage;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;

/** The columns of the store's files, and their way from and to {@link LatentOrigin}. */
final class LatentColumns {
  static final String LATENT = "latent";
  static final String CHECKSUM = "checksum";

  /** Everything but the latent itself; the bucket's name is the folder's. */
  static final MessageType ORIGIN =
      Types.buildMessage()
          .required(INT64)
          .named("id")
          .required(BINARY)
          .as(stringType())
          .named("posterior")
          .required(BINARY)
          .as(stringType())
          .named("storage")
          .required(INT32)
          .named("target_width")
          .required(INT32)
          .named("target_height")
          .required(INT32)
          .named("original_width")
          .required(INT32)
          .named("original_height")
          .required(INT32)
          .named("resized_width")
          .required(INT32)
          .named("resized_height")
          .required(INT32)
          .named("pixel_crop_left")
          .required(INT32)
          .named("pixel_crop_top")
          .required(INT32)
          .named("crop_left")
          .required(INT32)
          .named("crop_top")
          .required(BINARY)
          .as(stringType())
          .named("shard")
          .required(INT64)
          .named("offset")
          .required(INT64)
          .named("length")
          .required(INT64)
          .named("stamp")
          .required(BINARY)
          .as(stringType())
          .named("sha256")
          .required(BINARY)
          .as(stringType())
          .named("key")
          .required(INT32)
          .named(CHECKSUM)
          .named("origin");

  /** All columns. */
  static final MessageType FILE =
      new MessageType(
          "latents",
          Stream.concat(
                  ORIGIN.getFields().stream(), Stream.of(Types.required(BINARY).named(LATENT)))
              .toList());

  private LatentColumns() {}

  static Group write(LatentOrigin origin, byte[] latent, int checksum) {
    Placement placement = origin.placement();
    Placement.LetterBox box = placement.letterBox();
    ImageSource source = origin.source();
    Group row = new SimpleGroup(FILE);
    row.add("id", origin.id());
    row.add("posterior", origin.format().posterior().name());
    row.add("storage", origin.format().storage().name());
    row.add("target_width", placement.bucket().width());
    row.add("target_height", placement.bucket().height());
    row.add("original_width", placement.originalWidth());
    row.add("original_height", placement.originalHeight());
    row.add("resized_width", placement.resizedWidth());
    row.add("resized_height", placement.resizedHeight());
    row.add("pixel_crop_left", placement.cropLeft());
    row.add("pixel_crop_top", placement.cropTop());
    row.add("crop_left", (int) box.left());
    row.add("crop_top", (int) box.top());
    row.add("shard", source.shard());
    row.add("offset", source.offset());
    row.add("length", source.length());
    row.add("stamp", source.stamp());
    row.add("sha256", origin.sha256());
    row.add("key", origin.key());
    row.add(CHECKSUM, checksum);
    row.add(LATENT, Binary.fromConstantByteArray(latent));
    return row;
  }

  static LatentOrigin read(Group row) {
    Bucket bucket = new Bucket(number(row, "target_width"), number(row, "target_height"));
    return new LatentOrigin(
        row.getLong("id", 0),
        new Placement(
            number(row, "original_width"),
            number(row, "original_height"),
            number(row, "resized_width"),
            number(row, "resized_height"),
            bucket),
        new ImageSource(
            row.getString("shard", 0),
            row.getLong("offset", 0),
            row.getLong("length", 0),
            row.getLong("stamp", 0)),
        row.getString("sha256", 0),
        row.getString("key", 0),
        new LatentFormat(
            Posterior.valueOf(row.getString("posterior", 0)),
            Storage.valueOf(row.getString("storage", 0))));
  }

  static int number(Group row, String column) {
    return row.getInteger(column, 0);
  }
}
