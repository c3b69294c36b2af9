package io.kohaku.latent.store;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import io.kohaku.latent.LatentColumn;
import io.kohaku.latent.LatentOrigin;
import io.kohaku.latent.LatentPlace;
import io.kohaku.latent.StoredLatent;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** The columns of the store's files as Parquet has them. */
final class LatentColumns {
  static final String LATENT = "latent";

  /** In the files' order; the bucket's name is the folder's. */
  private static final List<LatentColumn> DESCRIBING =
      Stream.of(
              EnumSet.of(LatentColumn.ID),
              EnumSet.of(LatentColumn.POSTERIOR, LatentColumn.STORAGE),
              EnumSet.of(LatentColumn.TARGET_WIDTH, LatentColumn.TARGET_HEIGHT),
              EnumSet.range(LatentColumn.ORIGINAL_WIDTH, LatentColumn.CROP_TOP),
              EnumSet.range(LatentColumn.SHARD, LatentColumn.KEY),
              EnumSet.of(LatentColumn.CHECKSUM))
          .flatMap(EnumSet::stream)
          .toList();

  /** All columns as they are written. */
  static final MessageType FILE =
      new MessageType(
          "latents",
          Stream.concat(
                  DESCRIBING.stream().map(LatentColumns::type),
                  Stream.of(Types.required(BINARY).named(LATENT)))
              .toList());

  private LatentColumns() {}

  /** Everything but the latent itself, of the types that a file has it in. */
  static MessageType origin(MessageType file) {
    return new MessageType(
        "origin", DESCRIBING.stream().map(column -> file.getType(column.column())).toList());
  }

  private static Type type(LatentColumn column) {
    return switch (column.type()) {
      case LONG -> Types.required(INT64).named(column.column());
      case INTEGER -> Types.required(INT32).named(column.column());
      case TEXT -> Types.required(BINARY).as(stringType()).named(column.column());
    };
  }

  static Group write(LatentOrigin origin, byte[] latent, int checksum) {
    // Where it lies is known when the file is whole.
    LatentPlace place = new LatentPlace("", 0, latent.length, checksum);
    StoredLatent described = new StoredLatent(origin, place);
    Group row = new SimpleGroup(FILE);
    for (LatentColumn column : DESCRIBING) {
      Object value = column.value(described);
      switch (column.type()) {
        case LONG -> row.add(column.column(), (long) value);
        case INTEGER -> row.add(column.column(), (int) value);
        default -> row.add(column.column(), (String) value);
      }
    }
    row.add(LATENT, Binary.fromConstantByteArray(latent));
    return row;
  }

  static LatentColumn.Values values(Group row) {
    return column ->
        switch (column.type()) {
          case LONG -> row.getLong(column.column(), 0);
          case INTEGER -> row.getInteger(column.column(), 0);
          case TEXT -> row.getString(column.column(), 0);
        };
  }
}
